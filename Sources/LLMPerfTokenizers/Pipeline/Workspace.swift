/// Everything that changes while texts are encoded: buffers and the word cache. One per worker.
struct Workspace: ~Copyable {
  var repaired = GrowableBuffer<UInt8>()
  var sections = GrowableBuffer<TextSection>()
  var normalizedSections = GrowableBuffer<TextSection>()
  var normalization = NormalizationScratch()
  var preTokenization = PreTokenizationScratch()
  var model = ModelScratch()
  var cache = WordCache()
  var sink = TokenSink()

  /// Gives memory back after an unusually long text.
  mutating func shrink() {
    repaired.shrink(above: 1 << 18)
    sections.shrink(above: 1 << 12)
    normalizedSections.shrink(above: 1 << 12)
    normalization.first.shrink(above: 1 << 18)
    normalization.second.shrink(above: 1 << 18)
    normalization.entries.shrink(above: 1 << 14)
    preTokenization.shrink()
    model.shrink()
  }
}
