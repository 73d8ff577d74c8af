// What Swift cannot call by itself: variadic functions, control messages of recvmsg, packed epoll events, OpenSSL's
// macros. Thin, and without a policy of its own. Times are nanoseconds; failures are returned as -errno.
#ifndef CLLMPERFWIRE_H
#define CLLMPERFWIRE_H

#include <netdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

// MARK: Clocks and threads

/// CLOCK_MONOTONIC.
int64_t lw_monotonic(void);
/// CLOCK_MONOTONIC minus CLOCK_REALTIME, from the tightest of several readings.
int64_t lw_monotonic_minus_realtime(void);
/// CPU time of the calling thread.
int64_t lw_thread_cpu_time(void);
/// Opens what lw_run_delay reads, of the calling thread; -errno where the system does not tell it.
int lw_open_run_delay(void);
/// How long that thread has been ready to run and waited for a processor so far; -errno when it cannot be read.
int64_t lw_run_delay(int fd);
/// CLOCK_MONOTONIC minus CLOCK_REALTIME from one reading of each: as far off as the thread was stopped between them.
int64_t lw_monotonic_minus_realtime_roughly(void);
/// CPU time of the process, user and system.
int64_t lw_process_cpu_time(void);
/// Lets timers of the calling thread fire on time instead of up to 50 us late.
void lw_precise_timers(void);
/// Sleeps until the instant of CLOCK_MONOTONIC.
void lw_sleep_until(int64_t instant);
/// Processors that this process may run on.
int lw_processor_count(void);
/// Lets the allocator keep some freed memory instead of giving it back to the kernel page by page.
void lw_keep_freed_memory(void);
/// Resident memory of this process in bytes; 0 when it cannot be read.
int64_t lw_resident_memory(void);
/// Overwrites the process's argument number `index` with stars from byte `offset` on, so that nobody reads it in the
/// list of processes.
void lw_hide_argument(int index, size_t offset);

// MARK: epoll

enum { LW_READABLE = 1, LW_WRITABLE = 4, LW_ERROR = 8, LW_HANGUP = 16 };

typedef struct {
  uint64_t token;
  uint32_t events;
} lw_event;

int lw_epoll_create(void);
int lw_epoll_add(int epoll, int fd, uint32_t events, uint64_t token);
int lw_epoll_change(int epoll, int fd, uint32_t events, uint64_t token);
int lw_epoll_remove(int epoll, int fd);
/// Waits at most `timeout` nanoseconds (negative: for ever). Returns the number of events.
int lw_epoll_wait(int epoll, lw_event *events, int capacity, int64_t timeout);
/// The same with calls of older kernels.
int lw_epoll_wait_by_poll(int epoll, lw_event *events, int capacity, int64_t timeout);
int lw_eventfd(void);
void lw_eventfd_signal(int fd);
void lw_eventfd_clear(int fd);

// MARK: Sockets

/// A result of reading: bytes read (0: end, negative: -errno) and the kernel's receive time of the last of them on
/// CLOCK_REALTIME, or 0 where the kernel gave none.
typedef struct {
  int64_t count;
  int64_t stamp;
} lw_received;

/// A non-blocking TCP socket with TCP_NODELAY, and the kernel's receive stamps if `stamps`.
int lw_tcp_socket(int family, bool stamps);
/// Binds the socket's own address, leaving the port to connect(). `text` is a numeric address.
int lw_bind_source(int fd, const char *text, int family);
/// Starts connecting: 0 when done at once, -EINPROGRESS when under way.
int lw_connect(int fd, const struct sockaddr *address, socklen_t length);
/// The outcome of a connect that was under way: 0 or -errno.
int lw_connect_result(int fd);
/// Bytes written to the socket that the peer's machine has not acknowledged yet.
int lw_unacknowledged(int fd);
lw_received lw_receive(int fd, void *buffer, size_t capacity);
int64_t lw_send(int fd, const void *bytes, size_t count);
/// A listening socket on a numeric IPv4 or IPv6 address; port 0 takes a free one.
int lw_listen(const char *address, uint16_t port, int backlog, bool reuse_port);
int lw_local_port(int fd);
int lw_accept(int listener, bool stamps);
void lw_close(int fd);
/// Closes with a reset instead of a clean end.
void lw_close_reset(int fd);
/// Waits for one descriptor: 1 when ready, 0 after `timeout` nanoseconds, or -errno.
int lw_wait(int fd, bool writable, int64_t timeout);

/// Raises the limit of open descriptors as far as allowed; returns the limit then in force.
int64_t lw_raise_descriptor_limit(void);

// MARK: TLS, by OpenSSL

typedef struct lw_tls_context lw_tls_context;
typedef struct lw_tls lw_tls;

enum { LW_TLS_WANT_READ = -1000, LW_TLS_WANT_WRITE = -1001, LW_TLS_FAILED = -1002 };

/// A client context. `ca_file` may be null: the system's certificates. Null on failure, with a text in `error`.
lw_tls_context *lw_tls_client_context(bool verify, const char *ca_file, char *error, size_t error_size);
/// A server context from PEM files. Null on failure, with a text in `error`.
lw_tls_context *lw_tls_server_context(const char *cert_file, const char *key_file, char *error, size_t error_size);
void lw_tls_context_free(lw_tls_context *context);
/// A session over `fd`, which stays the caller's. `host` is checked against the certificate and sent as SNI; null for a server.
/// Null when that cannot be arranged: memory is short, or `host` can stand in no certificate.
lw_tls *lw_tls_new(lw_tls_context *context, int fd, const char *host);
void lw_tls_free(lw_tls *tls);
/// 0 when done, LW_TLS_WANT_READ, LW_TLS_WANT_WRITE or LW_TLS_FAILED.
int lw_tls_handshake(lw_tls *tls);
/// As lw_receive; besides, LW_TLS_WANT_… and LW_TLS_FAILED in `count`. The stamp is that of the last segment read.
lw_received lw_tls_receive(lw_tls *tls, void *buffer, size_t capacity);
int64_t lw_tls_send(lw_tls *tls, const void *bytes, size_t count);
/// Whether the session holds bytes that it has taken from the socket, of which the poller tells nothing any more.
bool lw_tls_has_unread(lw_tls *tls);
/// Why the last call failed, as one line.
const char *lw_tls_error(lw_tls *tls);

#endif
