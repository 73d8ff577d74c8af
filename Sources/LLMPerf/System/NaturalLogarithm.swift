import Glibc

extension Double {
  /// ln x.
  package var naturalLogarithm: Double { log(self) }
}
