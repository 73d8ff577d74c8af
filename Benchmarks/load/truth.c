#include "truth.h"

#include "common.h"

Truth *truth_row(TruthLog *log, size_t id) {
  static Truth discarded;
  if (id >= log->limit) return &discarded;
  if (id >= log->capacity) {
    size_t capacity = log->capacity ? 2 * log->capacity : 4096;
    log->rows = grow(log->rows, capacity * sizeof *log->rows);
    memset(log->rows + log->capacity, 0, (capacity - log->capacity) * sizeof *log->rows);
    log->capacity = capacity;
  }
  if (id >= log->count) log->count = id + 1;
  return &log->rows[id];
}

char *truth_csv(const TruthLog *log, size_t *bytes) {
  char *text;
  FILE *output = open_memstream(&text, bytes);
  if (!output) die("out of memory");
  fputs("id,arrived_ns,first_ns,last_ns,latest_ns,body_bytes,events,streamed,aborted\n", output);
  for (size_t id = 0; id < log->count; id++) {
    const Truth *row = &log->rows[id];
    fprintf(output, "%zu,%lu,%lu,%lu,%lu,%u,%u,%d,%d\n", id, row->arrived, row->first, row->last, row->latest,
            row->body_bytes, row->events, row->streamed, row->aborted);
  }
  fclose(output);
  return text;
}

char *truth_writes(const TruthLog *log, size_t *bytes) {
  char *text;
  FILE *output = open_memstream(&text, bytes);
  if (!output) die("out of memory");
  for (size_t id = 0; id < log->count; id++) {
    const Truth *row = &log->rows[id];
    if (!row->writes || !row->last || row->aborted) continue;
    fprintf(output, "%zu", id);
    for (uint32_t event = 0; event < row->events; event++) fprintf(output, " %lu", row->writes[event]);
    fputc('\n', output);
  }
  fclose(output);
  return text;
}
