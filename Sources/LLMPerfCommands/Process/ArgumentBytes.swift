import Glibc

/// The process's arguments as the bytes they are. `CommandLine.arguments` has U+FFFD in the place of bytes that are no text.
enum ArgumentBytes {
  /// What is wrong with the first of `count` arguments that is not UTF-8; nil where all are.
  static func fault(
    in arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = CommandLine.unsafeArgv,
    count: Int = Int(CommandLine.argc)
  ) -> String? {
    for place in 0..<count {
      guard let argument = arguments[place] else { continue }
      let bytes = UnsafeRawBufferPointer(start: argument, count: strlen(argument))
      guard String(validating: bytes, as: UTF8.self) == nil else { continue }
      return
        "argument \(place), «\(String(decoding: bytes.prefix(64), as: UTF8.self))», is not UTF-8: the terminal or the "
        + "script writes another encoding; put the text into a file and name that by --encoding"
    }
    return nil
  }
}
