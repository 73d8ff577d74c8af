/* What the mock server and the floor client share. */
#ifndef COMMON_H
#define COMMON_H

#include <errno.h>
#include <stddef.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

static inline uint64_t nanoseconds(struct timespec t) {
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline uint64_t monotonic(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return nanoseconds(t);
}

/* CLOCK_MONOTONIC less CLOCK_REALTIME: the kernel stamps packets by the wall clock. Of several tries the one counts
   whose two readings lay closest together. */
static inline int64_t monotonic_minus_realtime(void) {
  uint64_t best = UINT64_MAX;
  int64_t difference = 0;
  for (int i = 0; i < 8 && best > 200; i++) {
    struct timespec wall;
    uint64_t before = monotonic();
    clock_gettime(CLOCK_REALTIME, &wall);
    uint64_t after = monotonic();
    if (after - before < best) {
      best = after - before;
      difference = (int64_t)(before + (after - before) / 2) - (int64_t)nanoseconds(wall);
    }
  }
  return difference;
}

__attribute__((format(printf, 1, 2), noreturn)) static inline void die(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
  exit(2);
}

static inline void *grow(void *memory, size_t bytes) {
  memory = realloc(memory, bytes);
  if (!memory) die("out of memory");
  return memory;
}

/* A random number in (0, 1) (splitmix64). */
static inline double uniform(uint64_t *state) {
  uint64_t z = *state += 0x9E3779B97F4A7C15u;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  z ^= z >> 31;
  return ((double)(z >> 11) + 0.5) / 9007199254740992.0;
}

static inline void raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit)) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

#endif
