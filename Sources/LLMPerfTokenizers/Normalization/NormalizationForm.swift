/// One of Unicode's four normalization forms, with the reference's tables.
///
/// Text that is already in the form is recognised by looking at each scalar alone; only the stretch around a scalar
/// that may change, from the last safe scalar to the next, is taken apart. (Unicode Standard Annex 15, section 9.)
struct NormalizationForm: Sendable {
  let usesCompatibility: Bool
  let composes: Bool

  static let nfc = NormalizationForm(usesCompatibility: false, composes: true)
  static let nfd = NormalizationForm(usesCompatibility: false, composes: false)
  static let nfkc = NormalizationForm(usesCompatibility: true, composes: true)
  static let nfkd = NormalizationForm(usesCompatibility: true, composes: false)

  /// The properties of a scalar that may change, or may change with its neighbours.
  private var unsafeMask: UInt16 {
    var mask: UInt16 = 0xFF
    if composes {
      mask |= NormalizationProperties.changesInNFC.rawValue | NormalizationProperties.composesWithPrevious.rawValue
    } else {
      mask |= NormalizationProperties.decomposes.rawValue
    }
    if usesCompatibility { mask |= NormalizationProperties.decomposesCompatibly.rawValue }
    return mask
  }

  /// Scalars whose first byte is smaller never change.
  private var firstUnsafeByte: UInt8 { composes && !usesCompatibility ? 0xCC : 0x80 }

  /// Appends the normalized text to `output`, unless it is equal to `text`.
  ///
  /// - Parameter scratch: memory for the stretch that is being normalized.
  /// - Returns: whether anything changed.
  func apply(
    _ text: UTF8Bytes, tables: UnicodeTables, scratch: inout GrowableBuffer<UInt64>,
    into output: inout GrowableBuffer<UInt8>
  ) -> Bool {
    guard let bytes = text.baseAddress else { return false }
    let mask = unsafeMask
    let limit = firstUnsafeByte
    let end = text.count
    var position = 0
    var safe = 0
    var copied = 0
    var changed = false
    while position < end {
      let byte = bytes[position]
      if byte < 0x80 {
        position = text.asciiPrefixLength(from: position)
        safe = position - 1
        continue
      }
      let (scalar, length) = bytes.scalar(at: position)
      if byte < limit || !tables.properties(of: scalar).meets(mask) {
        safe = position
        position += length
        continue
      }
      position += length
      while position < end {
        let (scalar, length) = bytes.scalar(at: position)
        if !tables.properties(of: scalar).meets(mask) { break }
        position += length
      }
      output.append(contentsOf: text.slice(copied, safe))
      normalize(text.slice(safe, position), tables: tables, scratch: &scratch, into: &output)
      copied = position
      safe = position
      changed = true
    }
    if changed { output.append(contentsOf: text.slice(copied, end)) }
    return changed
  }

  private func normalize(
    _ stretch: UTF8Bytes, tables: UnicodeTables, scratch: inout GrowableBuffer<UInt64>,
    into output: inout GrowableBuffer<UInt8>
  ) {
    guard let bytes = stretch.baseAddress else { return }
    scratch.removeAll()
    var position = 0
    while position < stretch.count {
      let (scalar, length) = bytes.scalar(at: position)
      position += length
      decompose(scalar, tables: tables, into: &scratch)
    }
    Self.order(&scratch)
    if composes { Self.compose(&scratch, tables: tables) }
    for index in 0..<scratch.count { output.append(scalar: Self.scalar(scratch[index])) }
  }

  private func decompose(_ scalar: UInt32, tables: UnicodeTables, into scratch: inout GrowableBuffer<UInt64>) {
    let properties = tables.properties(of: scalar)
    if usesCompatibility, properties.meets(NormalizationProperties.decomposesCompatibly.rawValue),
      let parts = tables.compatibility[scalar]
    {
      for part in parts { Self.append(part, tables: tables, to: &scratch) }
    } else if Hangul.syllables.contains(scalar) {
      let parts = Hangul.decomposition(of: scalar)
      Self.append(parts.leading, tables: tables, to: &scratch)
      Self.append(parts.vowel, tables: tables, to: &scratch)
      if let trailing = parts.trailing { Self.append(trailing, tables: tables, to: &scratch) }
    } else if properties.meets(NormalizationProperties.decomposes.rawValue), let parts = tables.canonical[scalar] {
      for part in parts { Self.append(part, tables: tables, to: &scratch) }
    } else {
      Self.append(scalar, tables: tables, to: &scratch)
    }
  }

  // An entry is the combining class, the position and the scalar, so that sorting a run of marks is stable.
  @inline(__always)
  private static func append(_ scalar: UInt32, tables: UnicodeTables, to scratch: inout GrowableBuffer<UInt64>) {
    let combiningClass = UInt64(tables.properties(of: scalar).combiningClass)
    scratch.append(combiningClass << 53 | UInt64(scratch.count) << 21 | UInt64(scalar))
  }

  @inline(__always)
  private static func scalar(_ entry: UInt64) -> UInt32 { UInt32(entry & 0x1F_FFFF) }

  @inline(__always)
  private static func combiningClass(_ entry: UInt64) -> Int { Int(entry >> 53) }

  private static func order(_ scratch: inout GrowableBuffer<UInt64>) {
    var start = 0
    while start < scratch.count {
      if combiningClass(scratch[start]) == 0 {
        start += 1
        continue
      }
      var end = start + 1
      while end < scratch.count, combiningClass(scratch[end]) != 0 { end += 1 }
      if end - start > 1 {
        var run = UnsafeMutableBufferPointer(start: scratch.base + start, count: end - start)
        run.sort()
      }
      start = end
    }
  }

  private static func compose(_ scratch: inout GrowableBuffer<UInt64>, tables: UnicodeTables) {
    var kept = 0
    var starter = -1
    var lastClass = -1
    for index in 0..<scratch.count {
      let entry = scratch[index]
      let entryClass = combiningClass(entry)
      if starter >= 0, lastClass < entryClass,
        let composed = tables.composition(scalar(scratch[starter]), scalar(entry))
      {
        scratch[starter] = UInt64(composed)
        continue
      }
      if entryClass == 0 {
        starter = kept
        lastClass = -1
      } else {
        lastClass = entryClass
      }
      scratch[kept] = entry
      kept += 1
    }
    scratch.truncate(to: kept)
  }
}
