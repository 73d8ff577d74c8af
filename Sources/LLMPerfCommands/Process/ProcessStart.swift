import Glibc

/// What has to be so before the process does anything.
enum ProcessStart {
  /// Makes sure that descriptors 0 to 2 are open, and that neither a reader who goes away nor a limit of files' sizes ends
  /// the process.
  static func prepare() {
    openStandardDescriptors()
    // A write to a pipe without a reader fails with EPIPE, which each writer deals with by itself.
    signal(SIGPIPE, SIG_IGN)
    // A write beyond `ulimit -f` fails with EFBIG, as one to a full disk does with ENOSPC.
    signal(SIGXFSZ, SIG_IGN)
  }

  /// Opens what the parent has closed of standard input, output and error on the null device. The next file or socket
  /// would get its number otherwise, and the report would be written into it.
  private static func openStandardDescriptors() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest free number is given: it is this one, since those below are open.
      _ = open("/dev/null", O_RDWR)
    }
  }
}
