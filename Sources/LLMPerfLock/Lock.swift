public import Synchronization

#if THREAD_SANITIZER
  import Glibc
#endif

/// A value that one thread at a time may touch: the only lock of this code.
///
/// It is the standard library's `Mutex`. That one waits on a futex inside the standard library, which the thread sanitizer
/// does not see, so it would report all that such a lock guards. A build with `-DTHREAD_SANITIZER` therefore holds a lock of
/// the C library around it, which the sanitizer knows; `make test-threads` makes one.
///
/// It is public, though the module is no product: only of what is public the compiler takes the bodies along into other
/// modules. A lock that is called there without being known costs some tenths of a microsecond each time.
public struct Lock<Value: ~Copyable>: ~Copyable, Sendable {
  @usableFromInline
  let value: Mutex<Value>
  #if THREAD_SANITIZER
    @usableFromInline
    let visible = VisibleLock()
  #endif

  /// A lock around `value`.
  @inlinable
  public init(_ value: consuming sending Value) {
    self.value = Mutex(value)
  }

  /// Waits until no other thread is in here, and runs `body` on the value. Not recursive.
  @inlinable
  public func withLock<Result: ~Copyable, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    #if THREAD_SANITIZER
      visible.lock()
      defer { visible.unlock() }
    #endif
    return try value.withLock(body)
  }

  /// Runs `body` on the value unless another thread is in here; nil then.
  @inlinable
  public func withLockIfAvailable<Result: ~Copyable, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result? {
    #if THREAD_SANITIZER
      guard visible.tryLock() else { return nil }
      defer { visible.unlock() }
    #endif
    return try value.withLockIfAvailable(body)
  }
}

#if THREAD_SANITIZER
  /// A lock of the C library.
  @usableFromInline
  struct VisibleLock: ~Copyable, Sendable {
    /// Where the lock lies; an integer, since pointers are not sendable.
    private let address: UInt

    @usableFromInline
    init() {
      let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
      pthread_mutex_init(mutex, nil)
      address = UInt(bitPattern: mutex)
    }

    deinit {
      _ = mutex.map(pthread_mutex_destroy)
      mutex?.deallocate()
    }

    private var mutex: UnsafeMutablePointer<pthread_mutex_t>? { UnsafeMutablePointer(bitPattern: address) }

    @usableFromInline
    func lock() { _ = mutex.map(pthread_mutex_lock) }

    @usableFromInline
    func tryLock() -> Bool { mutex.map(pthread_mutex_trylock) == 0 }

    @usableFromInline
    func unlock() { _ = mutex.map(pthread_mutex_unlock) }
  }
#endif
