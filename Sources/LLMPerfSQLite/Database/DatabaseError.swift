internal import CSQLite
import Glibc

/// A database that cannot be opened, read or written.
package struct DatabaseError: Error, CustomStringConvertible {
  /// What kind of error it is, as far as it decides what is done about it.
  package enum Kind: Sendable {
    case diskFull, locked, cannotOpen, other
  }

  package let path: String
  package let message: String
  package let kind: Kind

  package var description: String { "database \(path): \(message)" }

  package init(path: String, kind: Kind = .other, message: String) {
    self.path = path
    self.kind = kind
    self.message = message
  }

  /// The error that SQLite tells by `code`, in words that say what happened and not only where.
  init(path: String, code: Int32, systemError: Int32, text: String, patience: Duration) {
    let reason = systemError == 0 ? "" : ": \(String(cString: strerror(systemError)))"
    let (kind, message): (Kind, String) =
      switch code & 0xFF {
      case SQLITE_FULL: (.diskFull, "the disk is full")
      case SQLITE_IOERR where systemError == ENOSPC || systemError == EDQUOT: (.diskFull, "the disk is full")
      case SQLITE_BUSY, SQLITE_LOCKED:
        (.locked, "another process has kept it locked for \(patience.components.seconds) s")
      case SQLITE_CANTOPEN: (.cannotOpen, text + reason)
      case SQLITE_READONLY: (.cannotOpen, "it may not be written")
      case SQLITE_IOERR: (.other, text + reason)
      default: (.other, text)
      }
    self.init(path: path, kind: kind, message: message)
  }
}
