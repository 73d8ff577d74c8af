/// The digest that the stress answers are given as (FIPS 180-4).
enum SHA256 {
  /// Of ids as little-endian 32-bit words, in hexadecimal.
  static func digest(of ids: [UInt32]) -> String {
    var message: [UInt8] = []
    message.reserveCapacity(ids.count * 4 + 72)
    for id in ids { for shift in stride(from: 0, to: 32, by: 8) { message.append(UInt8(id >> UInt32(shift) & 0xFF)) } }
    let bitCount = UInt64(message.count) * 8
    message.append(0x80)
    while message.count % 64 != 56 { message.append(0) }
    for shift in stride(from: 56, through: 0, by: -8) { message.append(UInt8(bitCount >> UInt64(shift) & 0xFF)) }
    var state: [UInt32] = [
      0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    var words = [UInt32](repeating: 0, count: 64)
    for block in stride(from: 0, to: message.count, by: 64) {
      for index in 0..<16 {
        words[index] = (0..<4).reduce(0) { $0 << 8 | UInt32(message[block + 4 * index + $1]) }
      }
      for index in 16..<64 {
        let (a, b) = (words[index - 15], words[index - 2])
        let first = rotated(a, 7) ^ rotated(a, 18) ^ a >> 3
        let second = rotated(b, 17) ^ rotated(b, 19) ^ b >> 10
        words[index] = words[index - 16] &+ first &+ words[index - 7] &+ second
      }
      var s = state
      for index in 0..<64 {
        let big = rotated(s[4], 6) ^ rotated(s[4], 11) ^ rotated(s[4], 25)
        let choice = s[4] & s[5] ^ ~s[4] & s[6]
        let one = s[7] &+ big &+ choice &+ constants[index] &+ words[index]
        let other = rotated(s[0], 2) ^ rotated(s[0], 13) ^ rotated(s[0], 22)
        let majority = s[0] & s[1] ^ s[0] & s[2] ^ s[1] & s[2]
        s = [one &+ other &+ majority, s[0], s[1], s[2], s[3] &+ one, s[4], s[5], s[6]]
      }
      for index in 0..<8 { state[index] = state[index] &+ s[index] }
    }
    return state.map { word in
      let text = String(word, radix: 16)
      return String(repeating: "0", count: 8 - text.count) + text
    }.joined()
  }

  private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

  /// The fractional parts of the cube roots of the first 64 primes, exactly.
  private static let constants: [UInt32] = {
    var primes: [UInt64] = []
    var candidate: UInt64 = 2
    while primes.count < 64 {
      if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
      candidate += 1
    }
    return primes.map { prime in
      // The integer cube root of prime * 2^96 by bisection.
      var low: UInt64 = 0
      var high: UInt64 = 1 << 36
      while low + 1 < high {
        let middle = (low + high) / 2
        let square = middle.multipliedFullWidth(by: middle)
        let cube = cubed(square.high, square.low, middle)
        if cube <= (prime << 32, 0) { low = middle } else { high = middle }
      }
      return UInt32(truncatingIfNeeded: low)
    }
  }()

  /// The upper and the lower 64 bits of a product of 128 and 64 bits that fits in 128.
  private static func cubed(_ high: UInt64, _ low: UInt64, _ factor: UInt64) -> (UInt64, UInt64) {
    let product = low.multipliedFullWidth(by: factor)
    return (high &* factor &+ product.high, product.low)
  }
}
