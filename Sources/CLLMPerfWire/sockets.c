#define _GNU_SOURCE
#include "CLLMPerfWire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

_Static_assert(LW_READABLE == EPOLLIN && LW_WRITABLE == EPOLLOUT && LW_ERROR == EPOLLERR && LW_HANGUP == EPOLLHUP,
               "event bits are epoll's");

static int64_t read_clock(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t lw_monotonic(void) { return read_clock(CLOCK_MONOTONIC); }
int64_t lw_thread_cpu_time(void) { return read_clock(CLOCK_THREAD_CPUTIME_ID); }
int64_t lw_process_cpu_time(void) { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

int64_t lw_monotonic_minus_realtime(void) {
  int64_t best = INT64_MAX, offset = 0;
  for (int i = 0; i < 5; i++) {
    int64_t before = lw_monotonic(), real = read_clock(CLOCK_REALTIME), after = lw_monotonic();
    if (after - before < best) best = after - before, offset = before + (after - before) / 2 - real;
  }
  return offset;
}

int64_t lw_monotonic_minus_realtime_roughly(void) {
  int64_t monotonic = lw_monotonic();
  return monotonic - read_clock(CLOCK_REALTIME);
}

int lw_open_run_delay(void) {
  int fd = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -errno;
  int64_t delay = lw_run_delay(fd);
  if (delay < 0) return close(fd), (int)delay;
  return fd;
}

// The line is "time on a processor, time waiting for one, turns", in nanoseconds.
int64_t lw_run_delay(int fd) {
  char line[96];
  ssize_t count = pread(fd, line, sizeof line - 1, 0);
  if (count <= 0) return count < 0 ? -errno : -ENODATA;
  line[count] = 0;
  char *field = strchr(line, ' ');
  return field ? strtoll(field + 1, NULL, 10) : -EINVAL;
}

void lw_precise_timers(void) { prctl(PR_SET_TIMERSLACK, 1000ul); }

void lw_sleep_until(int64_t instant) {
  struct timespec t = {instant / 1000000000, instant % 1000000000};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR) {}
}

void lw_keep_freed_memory(void) {
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
  mallopt(M_TRIM_THRESHOLD, 16 << 20);
  mallopt(M_TOP_PAD, 1 << 20);
}

int64_t lw_resident_memory(void) {
  FILE *file = fopen("/proc/self/statm", "r");
  if (!file) return 0;
  long total = 0, resident = 0;
  int fields = fscanf(file, "%ld %ld", &total, &resident);
  fclose(file);
  return fields == 2 ? (int64_t)resident * sysconf(_SC_PAGESIZE) : 0;
}

int lw_processor_count(void) {
  cpu_set_t set;
  int count = sched_getaffinity(0, sizeof set, &set) ? 0 : CPU_COUNT(&set);
  return count > 0 ? count : (int)sysconf(_SC_NPROCESSORS_ONLN);
}

int lw_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static int control(int epoll, int operation, int fd, uint32_t events, uint64_t token) {
  struct epoll_event event = {.events = events, .data.u64 = token};
  return epoll_ctl(epoll, operation, fd, &event) ? -errno : 0;
}
int lw_epoll_add(int epoll, int fd, uint32_t events, uint64_t token) {
  return control(epoll, EPOLL_CTL_ADD, fd, events, token);
}
int lw_epoll_change(int epoll, int fd, uint32_t events, uint64_t token) {
  return control(epoll, EPOLL_CTL_MOD, fd, events, token);
}
int lw_epoll_remove(int epoll, int fd) { return control(epoll, EPOLL_CTL_DEL, fd, 0, 0); }

static int hand_out(struct epoll_event *ready, int count, lw_event *events) {
  if (count < 0) return errno == EINTR ? 0 : -errno;
  for (int i = 0; i < count; i++) events[i] = (lw_event){ready[i].data.u64, ready[i].events};
  return count;
}

// The C library has a name for the call since glibc 2.35; its number is the same on every kernel that has it.
#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif

int lw_epoll_wait(int epoll, lw_event *events, int capacity, int64_t timeout) {
  struct epoll_event ready[512];
  struct { int64_t seconds, nanoseconds; } t = {timeout / 1000000000, timeout % 1000000000};
  if (capacity > 512) capacity = 512;
  int count = (int)syscall(SYS_epoll_pwait2, epoll, ready, capacity, timeout < 0 ? NULL : &t, NULL, 0);
  // Kernels before 5.11 do not know it; sandboxes made for them may forbid what they do not know.
  if (count < 0 && (errno == ENOSYS || errno == EPERM)) return lw_epoll_wait_by_poll(epoll, events, capacity, timeout);
  return hand_out(ready, count, events);
}

int lw_epoll_wait_by_poll(int epoll, lw_event *events, int capacity, int64_t timeout) {
  struct epoll_event ready[512];
  if (capacity > 512) capacity = 512;
  // epoll_wait counts in milliseconds. An epoll is readable when something in it is ready, and ppoll counts nanoseconds.
  if (timeout) {
    int count = lw_wait(epoll, false, timeout);
    if (count <= 0) return count;
  }
  return hand_out(ready, epoll_wait(epoll, ready, capacity, 0), events);
}

int lw_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
void lw_eventfd_signal(int fd) {
  uint64_t one = 1;
  while (write(fd, &one, sizeof one) < 0 && errno == EINTR) {}
}
void lw_eventfd_clear(int fd) {
  uint64_t value;
  while (read(fd, &value, sizeof value) < 0 && errno == EINTR) {}
}

static void prepare(int fd, bool stamps) {
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (stamps) setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one);
}

int lw_tcp_socket(int family, bool stamps) {
  int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  prepare(fd, stamps);
  return fd;
}

static socklen_t numeric_address(const char *text, uint16_t port, struct sockaddr_storage *out) {
  memset(out, 0, sizeof *out);
  struct sockaddr_in *v4 = (struct sockaddr_in *)out;
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;
  if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET, v4->sin_port = htons(port);
    return sizeof *v4;
  }
  if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6, v6->sin6_port = htons(port);
    return sizeof *v6;
  }
  return 0;
}

int lw_bind_source(int fd, const char *text, int family) {
  struct sockaddr_storage address;
  socklen_t length = numeric_address(text, 0, &address);
  if (!length || address.ss_family != family) return -EAFNOSUPPORT;
  int one = 1;
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  return bind(fd, (struct sockaddr *)&address, length) ? -errno : 0;
}

int lw_connect(int fd, const struct sockaddr *address, socklen_t length) {
  return connect(fd, address, length) ? -errno : 0;
}

int lw_unacknowledged(int fd) {
  int count = 0;
  return ioctl(fd, SIOCOUTQ, &count) == 0 ? count : 0;
}

int lw_connect_result(int fd) {
  int error = 0;
  socklen_t length = sizeof error;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length)) return -errno;
  return -error;
}

lw_received lw_receive(int fd, void *buffer, size_t capacity) {
  struct iovec part = {buffer, capacity};
  _Alignas(struct cmsghdr) char room[128];
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
  ssize_t count;
  do { count = recvmsg(fd, &message, MSG_DONTWAIT); } while (count < 0 && errno == EINTR);
  if (count < 0) return (lw_received){-errno, 0};
  lw_received result = {count, 0};
  for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part))
    if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_TIMESTAMPNS) {
      struct timespec t;
      memcpy(&t, CMSG_DATA(part), sizeof t);
      result.stamp = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
    }
  return result;
}

int64_t lw_send(int fd, const void *bytes, size_t count) {
  ssize_t sent;
  do { sent = send(fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT); } while (sent < 0 && errno == EINTR);
  return sent < 0 ? -errno : sent;
}

int lw_listen(const char *text, uint16_t port, int backlog, bool reuse_port) {
  struct sockaddr_storage address;
  socklen_t length = numeric_address(text, port, &address);
  if (!length) return -EINVAL;
  int fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
  if (fd < 0) return -errno;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (reuse_port) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
  if (bind(fd, (struct sockaddr *)&address, length) || listen(fd, backlog)) {
    int error = errno;
    close(fd);
    return -error;
  }
  return fd;
}

int lw_local_port(int fd) {
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  if (getsockname(fd, (struct sockaddr *)&address, &length)) return -errno;
  return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                             : ((struct sockaddr_in *)&address)->sin_port);
}

int lw_accept(int listener, bool stamps) {
  int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return -errno;
  prepare(fd, stamps);
  return fd;
}

void lw_close(int fd) { close(fd); }

void lw_close_reset(int fd) {
  struct linger now = {.l_onoff = 1, .l_linger = 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close(fd);
}

int lw_wait(int fd, bool writable, int64_t timeout) {
  struct pollfd entry = {.fd = fd, .events = writable ? POLLOUT : POLLIN};
  struct timespec t = {timeout / 1000000000, timeout % 1000000000};
  int count = ppoll(&entry, 1, timeout < 0 ? NULL : &t, NULL);
  if (count < 0) return errno == EINTR ? 0 : -errno;
  return count > 0;
}

int64_t lw_raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit)) return 1024;
  if (limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
  }
  return limit.rlim_cur > INT64_MAX ? INT64_MAX : (int64_t)limit.rlim_cur;
}
