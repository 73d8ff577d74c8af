@preconcurrency import Glibc
import LLMPerf
import LLMPerfLock

/// A Python process with a socket at its descriptor 3, and a pipe that takes what it prints.
///
/// It leads a process group of its own, so that an interrupt typed at the terminal does not reach it: the tool still
/// needs it to parse the responses that are under way. It ends when its end of the socket is shut.
final class PythonProcess: Sendable {
  /// Our end of the socket. Does not block.
  let socket: Int32
  /// Our end of the pipe with the prints. Does not block.
  let prints: Int32

  private let pid: pid_t
  private let status = Lock<ExitStatus?>(nil)

  /// How a process ended.
  enum ExitStatus: CustomStringConvertible {
    case code(Int32)
    case signal(Int32)
    case unknown

    var description: String {
      switch self {
      case .code(let code): "exit status \(code)"
      case .signal(let number): "signal \(number), \(String(cString: strsignal(number)))"
      case .unknown: "exit status unknown"
      }
    }
  }

  /// Starts `interpreter` with `arguments`.
  ///
  /// - Throws: `UsageError` when it cannot be started.
  init(_ interpreter: String, _ arguments: [String]) throws {
    var sockets: [Int32] = [-1, -1]
    var pipes: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &sockets) == 0 else {
      throw Self.cannotStart(interpreter, errno)
    }
    guard pipe(&pipes) == 0 else {
      let code = errno
      for descriptor in sockets { close(descriptor) }
      throw Self.cannotStart(interpreter, code)
    }
    for descriptor in pipes { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    defer {
      close(sockets[1])
      close(pipes[1])
    }
    do {
      pid = try Self.spawn(interpreter, arguments, socket: sockets[1], prints: pipes[1])
    } catch {
      close(sockets[0])
      close(pipes[0])
      throw error
    }
    socket = sockets[0]
    prints = pipes[0]
    for descriptor in [socket, prints] { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
  }

  deinit {
    end()
    close(socket)
    close(prints)
  }

  private static func spawn(
    _ interpreter: String, _ arguments: [String], socket: Int32, prints: Int32
  ) throws -> pid_t {
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    // Above the numbers that the process is to see, so that putting one in place never overwrites another.
    let sources = [socket, prints].map { fcntl($0, F_DUPFD_CLOEXEC, 16) }
    defer { for source in sources { close(source) } }
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&files, sources[1], STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&files, sources[1], STDERR_FILENO)
    posix_spawn_file_actions_adddup2(&files, sources[0], 3)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

    var words = ([interpreter] + arguments).map { strdup($0) }
    defer { for word in words { free(word) } }
    words.append(nil)
    var pid: pid_t = 0
    let code = posix_spawnp(&pid, interpreter, &files, &attributes, words, environ)
    guard code == 0 else { throw cannotStart(interpreter, code) }
    return pid
  }

  private static func cannotStart(_ interpreter: String, _ code: Int32) -> UsageError {
    let reason = code == ENOENT ? "it was not found" : String(cString: strerror(code))
    return UsageError("\(interpreter) cannot be started: \(reason). Plugin files need Python 3.8 or newer")
  }

  /// How it ended; nil while it runs.
  func exitStatus() -> ExitStatus? {
    status.withLock { status in
      if status != nil { return status }
      var word: Int32 = 0
      let result = waitpid(pid, &word, WNOHANG)
      if result == pid {
        status = word & 0x7F == 0 ? .code(word >> 8 & 0xFF) : .signal(word & 0x7F)
      } else if result < 0, errno != EINTR {
        status = .unknown
      }
      return status
    }
  }

  /// Tells it that no more is wanted; it ends by itself, what it registered with `atexit` done.
  func finish() {
    shutdown(socket, Int32(SHUT_WR))
  }

  /// Ends it at once, whatever it is doing, with all that it started. Calls that wait for it return.
  func stop() {
    shutdown(socket, Int32(SHUT_RDWR))
    status.withLock { status in
      if status == nil { kill(-pid, SIGKILL) }
    }
  }

  /// Ends it, and waits until it is gone: a second for it to end by itself, then by force.
  func end() {
    finish()
    for _ in 0..<200 {
      if exitStatus() != nil { break }
      usleep(5000)
    }
    stop()
    while exitStatus() == nil { usleep(1000) }
  }
}
