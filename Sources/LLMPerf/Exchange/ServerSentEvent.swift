/// One server-sent event: a block of lines that has at least one `data` line.
public struct ServerSentEvent: Sendable {
  /// The value of the `event` line; empty when there is none.
  public var name: ArraySlice<UInt8> = []
  /// The values of the `data` lines, joined by LF.
  public var data: ArraySlice<UInt8>
  /// The value of the last comment line of the block, without its colon: DashScope writes the status there.
  public var comment: ArraySlice<UInt8> = []
  /// Lines with field names that the standard does not know, such as Zhipu v3's `meta`.
  public var otherFields: [Field] = []
  /// Where in the body the end of the last `data` line lies. The read that brought this byte stamps the event.
  public var endOffset: Int

  /// A line `name: value` of the event.
  public struct Field: Sendable {
    /// The text before the colon.
    public var name: ArraySlice<UInt8>
    /// The text after the colon and at most one space.
    public var value: ArraySlice<UInt8>

    /// A line `name: value`.
    public init(name: ArraySlice<UInt8>, value: ArraySlice<UInt8>) {
      self.name = name
      self.value = value
    }
  }

  /// Empties the fields that most events do not have.
  mutating func forgetFields() {
    if !name.isEmpty { name = [] }
    if !comment.isEmpty { comment = [] }
    if !otherFields.isEmpty { otherFields = [] }
  }

  /// An event with `data` whose last line ends at `endOffset` of the body.
  public init(data: ArraySlice<UInt8>, endOffset: Int = 0) {
    self.data = data
    self.endOffset = endOffset
  }
}
