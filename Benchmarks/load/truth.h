/* What really happened to each request, by CLOCK_MONOTONIC. */
#ifndef TRUTH_H
#define TRUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint64_t arrived;   /* its last byte lay in the socket, by the kernel's stamp */
  uint64_t first;     /* just before the write with the first content */
  uint64_t last;      /* just before the write with the last content */
  uint64_t latest;    /* how late its latest write was against the schedule, in nanoseconds */
  uint32_t body_bytes, events;
  uint64_t *writes;   /* when each event with content was written; NULL where that is not kept */
  bool streamed, aborted;
} Truth;

typedef struct {
  Truth *rows;
  size_t count, capacity, limit;
} TruthLog;

/* The row of request `id`, made if need be; a row that is thrown away when the log keeps no more. */
Truth *truth_row(TruthLog *log, size_t id);
/* The log as CSV; the caller frees it. */
char *truth_csv(const TruthLog *log, size_t *bytes);
/* A line for each request whose writes are kept: its id, and the time of each write. The caller frees it. */
char *truth_writes(const TruthLog *log, size_t *bytes);

#endif
