/// Goes through the lines of a text; a carriage return before the line feed does not count.
struct TextLines {
  private let text: UTF8Bytes
  private var position = 0

  init(_ text: UTF8Bytes) { self.text = text }

  mutating func next() -> UTF8Bytes? {
    guard position < text.count else { return nil }
    var end = position
    while end < text.count, text[end] != 0x0A { end += 1 }
    let start = position
    position = end + 1
    if end > start, text[end - 1] == 0x0D { end -= 1 }
    return text.slice(start, end)
  }
}
