/* The floor: the cheapest correct client. One thread, epoll, HTTP/1.1 with keep-alive; it decodes the chunks, finds and
 * stamps the events (one reading of the clock per read), and understands no JSON. What it costs per event is the unit
 * that other clients are measured in.
 *
 *   floor --port P -n N -c CONNECTIONS [--rate R] [--no-stream] [--seed S] [--batch US]
 *
 * A closed loop; with --rate an open one with Poisson arrivals. With --batch it sleeps so many microseconds before each
 * look, so that events gather, and stamps them by the kernel's receive times. Prints one JSON object.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "common.h"

typedef struct {
  uint64_t due, sent, first, last;
  uint32_t events;
  bool ok;
} Request;

typedef enum { HEAD, CHUNK_SIZE, CHUNK, CHUNK_END, BODY } Part;

typedef struct Connection {
  int descriptor;
  Part part;
  bool is_connecting, is_busy, is_last_chunk;
  size_t request, rest; /* rest: bytes of the chunk or body to come */
  size_t head_count;
  char head[2048];
  bool at_line_start, line_is_data, line_is_done;
  uint64_t *stamps; /* of the running response's events */
  size_t stamps_capacity;
  struct Connection *next_idle;
} Connection;

static struct {
  int port;
  size_t requests, connections;
  double rate;
  bool plain;
  uint64_t seed;
  long batch;
} options = {.requests = 1000, .connections = 16, .seed = 1};

static int poller;
static Request *requests;
static size_t started, ended, due_count;
static double *gaps; /* between events with content, in milliseconds */
static size_t gap_count, gap_capacity;
static int64_t clock_difference;
static uint64_t events_seen;
static Connection *idle;
static char wire[512], buffer[256 << 10];
static size_t wire_count;

static void start(Connection *connection) {
  Request *request = &requests[started];
  connection->request = started++;
  connection->is_busy = true;
  connection->part = HEAD;
  connection->head_count = 0;
  connection->at_line_start = true;
  connection->is_last_chunk = false;
  request->sent = monotonic();
  if (send(connection->descriptor, wire, wire_count, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)wire_count)
    die("floor: send: %s", strerror(errno));
}

/* The next request, or rest. */
static void go_on(Connection *connection) {
  bool may_start = options.rate > 0 ? started < due_count : started < options.requests;
  if (may_start) return start(connection);
  connection->is_busy = false;
  connection->next_idle = idle;
  idle = connection;
}

static void end(Connection *connection, uint64_t at, bool ok) {
  Request *request = &requests[connection->request];
  request->last = at;
  request->ok = ok;
  events_seen += request->events;
  /* The first event is the role, the last two are the end and the usage. */
  for (uint32_t i = 2; !options.plain && i + 2 < request->events; i++) {
    if (gap_count == gap_capacity) {
      gap_capacity = gap_capacity ? 2 * gap_capacity : 1 << 16;
      gaps = grow(gaps, gap_capacity * sizeof *gaps);
    }
    gaps[gap_count++] = (double)(connection->stamps[i] - connection->stamps[i - 1]) / 1e6;
  }
  ended++;
  go_on(connection);
}

static void note_event(Connection *connection, uint64_t at) {
  Request *request = &requests[connection->request];
  if (!request->first) request->first = at;
  if (request->events == connection->stamps_capacity) {
    connection->stamps_capacity = connection->stamps_capacity ? 2 * connection->stamps_capacity : 256;
    connection->stamps = grow(connection->stamps, connection->stamps_capacity * sizeof *connection->stamps);
  }
  connection->stamps[request->events++] = at;
}

/* Finds the events: blank lines that end a block with data other than [DONE]. */
static void take_lines(Connection *connection, const char *bytes, const char *limit, uint64_t at) {
  while (bytes < limit) {
    if (connection->at_line_start && *bytes == 'd') {
      connection->line_is_data = true;
      connection->line_is_done = limit - bytes > 6 && bytes[6] == '[';
    }
    const char *feed = memchr(bytes, '\n', (size_t)(limit - bytes));
    if (!feed) {
      connection->at_line_start = false;
      return;
    }
    if (feed == bytes && connection->at_line_start && connection->line_is_data) {
      if (!connection->line_is_done) note_event(connection, at);
      connection->line_is_data = false;
    }
    connection->at_line_start = true;
    bytes = feed + 1;
  }
}

static const char *take_head(Connection *connection, const char *bytes, const char *limit) {
  size_t room = sizeof connection->head - 1 - connection->head_count, count = (size_t)(limit - bytes);
  if (count > room) count = room;
  memcpy(connection->head + connection->head_count, bytes, count);
  size_t before = connection->head_count;
  connection->head_count += count;
  connection->head[connection->head_count] = 0;
  char *blank = strstr(connection->head, "\r\n\r\n");
  if (!blank) {
    if (!count) die("floor: a head of more than 2 KB");
    return bytes + count;
  }
  if (strncmp(connection->head, "HTTP/1.1 200", 12)) die("floor: %.40s", connection->head);
  char *length = strcasestr(connection->head, "content-length:");
  connection->part = length && length < blank ? BODY : CHUNK_SIZE;
  connection->rest = connection->part == BODY ? strtoul(length + 15, NULL, 10) : 0;
  return bytes + (blank + 4 - connection->head - (ptrdiff_t)before);
}

static void take(Connection *connection, const char *bytes, const char *limit, uint64_t at) {
  while (bytes < limit) {
    size_t count = (size_t)(limit - bytes) < connection->rest ? (size_t)(limit - bytes) : connection->rest;
    switch (connection->part) {
      case HEAD: bytes = take_head(connection, bytes, limit); break;
      case CHUNK_SIZE:
        for (; bytes < limit && *bytes != '\n'; bytes++) {
          char digit = *bytes | 0x20;
          if (digit >= '0' && digit <= '9') connection->rest = connection->rest << 4 | (size_t)(digit - '0');
          if (digit >= 'a' && digit <= 'f') connection->rest = connection->rest << 4 | (size_t)(digit - 'a' + 10);
        }
        if (bytes == limit) return;
        bytes++;
        connection->is_last_chunk = !connection->rest;
        connection->part = connection->rest ? CHUNK : CHUNK_END;
        break;
      case CHUNK:
        take_lines(connection, bytes, bytes + count, at);
        bytes += count;
        if (!(connection->rest -= count)) connection->part = CHUNK_END;
        break;
      case CHUNK_END:
        if (*bytes++ != '\n') break;
        connection->part = CHUNK_SIZE;
        if (connection->is_last_chunk) return end(connection, at, true);
        break;
      case BODY:
        if (!requests[connection->request].first) note_event(connection, at);
        bytes += count;
        if (!(connection->rest -= count)) return end(connection, at, true);
    }
  }
}

static void receive(Connection *connection) {
  struct iovec place = {buffer, sizeof buffer};
  _Alignas(struct cmsghdr) char control[128];
  struct msghdr message = {.msg_iov = &place, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  ssize_t count = options.batch ? recvmsg(connection->descriptor, &message, MSG_DONTWAIT)
                                : recv(connection->descriptor, buffer, sizeof buffer, MSG_DONTWAIT);
  uint64_t at = monotonic();
  for (struct cmsghdr *part = options.batch ? CMSG_FIRSTHDR(&message) : NULL; part; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
    struct timespec stamp;
    memcpy(&stamp, CMSG_DATA(part), sizeof stamp);
    uint64_t stamped = (uint64_t)((int64_t)nanoseconds(stamp) + clock_difference);
    if (stamped < at) at = stamped;
  }
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) die("floor: the server closed a connection");
  if (connection->is_busy) take(connection, buffer, buffer + count, at);
}

static void open_connection(void) {
  Connection *connection = calloc(1, sizeof *connection);
  int on = 1;
  if (!connection) die("out of memory");
  connection->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  setsockopt(connection->descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (options.batch) setsockopt(connection->descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)options.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(connection->descriptor, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS)
    die("floor: connect: %s", strerror(errno));
  connection->is_connecting = true;
  struct epoll_event event = {.events = EPOLLOUT, .data.ptr = connection};
  epoll_ctl(poller, EPOLL_CTL_ADD, connection->descriptor, &event);
}

static void handle(Connection *connection) {
  if (!connection->is_connecting) return receive(connection);
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(connection->descriptor, SOL_SOCKET, SO_ERROR, &error, &length);
  if (error) die("floor: connect: %s", strerror(error));
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
  epoll_ctl(poller, EPOLL_CTL_MOD, connection->descriptor, &event);
  connection->is_connecting = false;
  go_on(connection);
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Prints a distribution by nearest rank, in milliseconds. */
static void print_distribution(const char *name, uint64_t (*value)(const Request *)) {
  double *values = grow(NULL, ended * sizeof *values);
  for (size_t i = 0; i < ended; i++) values[i] = (double)value(&requests[i]) / 1e6;
  qsort(values, ended, sizeof *values, compare);
  printf(", \"%s\": {\"p50\": %.5f, \"p99\": %.5f}", name, values[(ended + 1) / 2 - 1],
         values[(size_t)ceil(0.99 * (double)ended) - 1]);
  free(values);
}

static uint64_t ttft(const Request *request) { return request->first - request->sent; }
static uint64_t lag(const Request *request) { return request->sent - request->due; }

static void report(uint64_t began) {
  size_t ok = 0;
  uint64_t last = 0;
  for (size_t i = 0; i < ended; i++) {
    ok += requests[i].ok;
    if (requests[i].last > last) last = requests[i].last;
  }
  printf("{\"requests\": %zu, \"ok\": %zu, \"events\": %lu, \"seconds\": %.6f", ended, ok, events_seen,
         (double)(last - began) / 1e9);
  print_distribution("ttft_ms", ttft);
  if (options.rate > 0) print_distribution("lag_ms", lag);
  if (gap_count) {
    qsort(gaps, gap_count, sizeof *gaps, compare);
    printf(", \"gap_ms\": {\"p50\": %.5f, \"p99\": %.5f}", gaps[(gap_count + 1) / 2 - 1],
           gaps[(size_t)ceil(0.99 * (double)gap_count) - 1]);
  }
  printf("}\n");
}

static void parse_options(int count, char **arguments) {
  for (int i = 1; i < count; i++) {
    if (!strcmp(arguments[i], "--no-stream")) {
      options.plain = true;
      continue;
    }
    if (i + 1 >= count) die("floor: %s has no value; the head of floor.c names the options", arguments[i]);
    const char *name = arguments[i], *value = arguments[++i];
    if (!strcmp(name, "--port")) options.port = atoi(value);
    else if (!strcmp(name, "-n")) options.requests = strtoull(value, NULL, 10);
    else if (!strcmp(name, "-c")) options.connections = strtoull(value, NULL, 10);
    else if (!strcmp(name, "--rate")) options.rate = atof(value);
    else if (!strcmp(name, "--batch")) options.batch = atol(value);
    else if (!strcmp(name, "--seed")) options.seed = strtoull(value, NULL, 10);
    else die("floor: unknown option %s; the head of floor.c names them", name);
  }
  if (!options.requests || !options.connections) die("floor: give at least one request and one connection");
  const char *body = options.plain
                         ? "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],\"stream\":false}"
                         : "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],\"stream\":true,"
                           "\"stream_options\":{\"include_usage\":true}}";
  wire_count = (size_t)snprintf(wire, sizeof wire,
                                "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                                "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                                options.port, strlen(body), body);
}

int main(int count, char **arguments) {
  parse_options(count, arguments);
  prctl(PR_SET_TIMERSLACK, 1ul);
  raise_descriptor_limit();
  requests = calloc(options.requests, sizeof *requests);
  poller = epoll_create1(EPOLL_CLOEXEC);
  clock_difference = monotonic_minus_realtime();
  uint64_t began = monotonic(), next_due = began;
  size_t open = 0;
  for (; options.rate <= 0 && open < options.connections && open < options.requests; open++) open_connection();
  struct epoll_event ready[512];
  while (ended < options.requests) {
    uint64_t now = monotonic(), wait = 1000000000;
    if (options.rate > 0) {
      for (; due_count < options.requests && next_due <= now; due_count++) {
        requests[due_count].due = next_due;
        next_due += (uint64_t)(-log(uniform(&options.seed)) / options.rate * 1e9);
      }
      for (Connection *connection; started < due_count && (connection = idle);) {
        idle = connection->next_idle;
        start(connection);
      }
      for (size_t wanting = started; wanting < due_count && open < options.connections; wanting++, open++) open_connection();
      if (due_count < options.requests) wait = next_due - now;
    }
    struct timespec timeout = {(time_t)(wait / 1000000000), (long)(wait % 1000000000)};
    if (options.batch) nanosleep(&(struct timespec){0, options.batch * 1000}, NULL);
    int found = epoll_pwait2(poller, ready, 512, &timeout, NULL);
    for (int i = 0; i < found; i++) handle(ready[i].data.ptr);
  }
  report(began);
}
