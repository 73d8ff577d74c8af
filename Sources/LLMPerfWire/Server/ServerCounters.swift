/// What a server counted about itself. It belongs to the server's thread.
package final class ServerCounters {
  package internal(set) var connectionsAccepted = 0
  package internal(set) var connectionsOpen = 0
  package internal(set) var connectionsPeak = 0
  package internal(set) var requests = 0
  package internal(set) var badRequests = 0
  package internal(set) var writes = 0
  /// Writes that the socket did not take whole.
  package internal(set) var blockedWrites = 0
}
