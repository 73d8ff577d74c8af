import LLMPerfWire

/// A protocol without tokens: its answers are always whole.
protocol WholeAnswerFormat: AnswerFormat {}

extension WholeAnswerFormat {
  func writeOpening(_ answer: inout Answer, to writer: inout ResponseWriter) {}
  func write(_ piece: Piece, _ answer: inout Answer, to writer: inout ResponseWriter) {}
  func writeClosing(_ answer: inout Answer, to writer: inout ResponseWriter) {}
  func writeFailure(_ answer: inout Answer, to writer: inout ResponseWriter) {}
}
