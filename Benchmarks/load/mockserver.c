/* A mock of an OpenAI-compatible service that knows the truth: one thread, epoll, a heap of timers, 127.0.0.1 only.
 *
 * POST to any path is a chat request, streamed where its body says "stream":true. Every request leaves a row in
 * /__truth (CSV), where asked for with the time of each write in /__writes; /__stats (JSON) tells what the server itself cost. Options: --help.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "common.h"
#include "delays.h"
#include "timers.h"
#include "truth.h"

enum { ID_DIGITS = 12, WORDS = 64, WRITE_BYTES = 64 << 10, BATCH = 512 };

typedef struct Connection {
  Timer timer; /* the first member: a timer is its connection */
  int descriptor;
  uint64_t arrived, random;
  char *input, *output; /* unread bytes of requests; bytes the socket did not take */
  size_t input_count, input_capacity, output_start, output_count, output_capacity;
  size_t id;
  uint32_t events, sent;
  bool is_answering, streams, tells_usage, closes, is_blocked, is_dead, is_queued;
  struct Connection *next;
} Connection;

static struct {
  int port;
  uint32_t events, burst;
  Delay ttft, itl;
  uint64_t seed;
  size_t truth_rows, write_rows;
} options = {.events = 128, .burst = 1, .seed = 1, .truth_rows = 1000000};

static int poller;
static Timers timers;
static TruthLog truth;
static int64_t clock_difference;
static size_t requests, answering, peak_answering, writes, events_written;
static Connection *queue, **queue_end = &queue; /* those that may write at once */
static Connection *dead;

/* ---- What is said ---- */

/* An event framed as an HTTP chunk, ready but for the response's id. */
typedef struct {
  char *text;
  size_t count, id_offset;
} Piece;

static Piece role_piece, word_pieces[WORDS], stop_piece, done_piece;
static const char id_zeros[] = "000000000000";

static Piece make_piece(const char *data) {
  Piece piece = {0};
  size_t length = strlen(data) + strlen("data: \n\n");
  piece.count = (size_t)asprintf(&piece.text, "%zx\r\ndata: %s\n\n\r\n", length, data);
  char *id = strstr(piece.text, id_zeros);
  piece.id_offset = id ? (size_t)(id - piece.text) : 0;
  return piece;
}

static Piece make_delta(const char *delta, const char *finish_reason) {
  char data[512];
  snprintf(data, sizeof data,
           "{\"id\":\"chatcmpl-%s\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"m\","
           "\"choices\":[{\"index\":0,\"delta\":%s,\"logprobs\":null,\"finish_reason\":%s}]}",
           id_zeros, delta, finish_reason);
  return make_piece(data);
}

static void make_pieces(void) {
  static const char *starts[] = {"mor", "tel", "win", "bra", "lum", "cor", "fen", "sal"};
  static const char *ends[] = {"ow", "ish", "ter", "a", "en", "ing", "ost", "y"};
  role_piece = make_delta("{\"role\":\"assistant\",\"content\":\"\"}", "null");
  for (int i = 0; i < WORDS; i++) {
    char delta[64];
    snprintf(delta, sizeof delta, "{\"content\":\" %s%s\"}", starts[i / 8], ends[i % 8]);
    word_pieces[i] = make_delta(delta, "null");
  }
  stop_piece = make_delta("{}", "\"stop\"");
  done_piece = make_piece("[DONE]");
}

static char *put_piece(char *output, const Piece *piece, size_t id) {
  memcpy(output, piece->text, piece->count);
  if (piece->id_offset)
    for (int digit = ID_DIGITS; digit-- > 0; id /= 10) output[piece->id_offset + (size_t)digit] = (char)('0' + id % 10);
  return output + piece->count;
}

static int print_usage(char *output, size_t room, const Connection *connection) {
  uint32_t prompt = truth_row(&truth, connection->id)->body_bytes / 4;
  return snprintf(output, room, "\"usage\":{\"prompt_tokens\":%u,\"completion_tokens\":%u,\"total_tokens\":%u}", prompt,
                  connection->events, prompt + connection->events);
}

static char *put_end(char *output, const Connection *connection) {
  output = put_piece(output, &stop_piece, connection->id);
  if (connection->tells_usage) {
    char data[512];
    int count = snprintf(data, sizeof data,
                         "data: {\"id\":\"chatcmpl-%0*zu\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
                         "\"model\":\"m\",\"choices\":[],",
                         ID_DIGITS, connection->id);
    count += print_usage(data + count, sizeof data - (size_t)count, connection);
    count += snprintf(data + count, sizeof data - (size_t)count, "}\n\n");
    output += sprintf(output, "%x\r\n%s\r\n", (unsigned)count, data);
  }
  output = put_piece(output, &done_piece, 0);
  return output + sprintf(output, "0\r\n\r\n");
}

/* ---- Connections ---- */

static void watch(Connection *connection) {
  struct epoll_event event = {.events = EPOLLIN | (connection->is_blocked ? EPOLLOUT : 0), .data.ptr = connection};
  epoll_ctl(poller, EPOLL_CTL_MOD, connection->descriptor, &event);
}

static void kill_connection(Connection *connection) {
  if (connection->is_dead) return;
  connection->is_dead = true;
  if (connection->is_answering) {
    truth_row(&truth, connection->id)->aborted = true;
    answering--;
  }
  timers_cancel(&timers, &connection->timer);
  close(connection->descriptor);
  if (connection->is_queued) return; /* the queue lets go of it */
  connection->next = dead;
  dead = connection;
}

static void enqueue(Connection *connection) {
  if (connection->is_queued) return;
  connection->is_queued = true;
  connection->next = NULL;
  *queue_end = connection;
  queue_end = &connection->next;
}

/* Sends, and keeps what the socket does not take. */
static void put(Connection *connection, const char *bytes, size_t count) {
  if (!connection->is_blocked) {
    ssize_t sent = send(connection->descriptor, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
    writes++;
    if (sent < 0 && errno != EAGAIN) return kill_connection(connection);
    if (sent > 0) bytes += sent, count -= (size_t)sent;
    if (!count) return;
    connection->is_blocked = true;
    watch(connection);
  }
  if (connection->output_start + connection->output_count + count > connection->output_capacity) {
    connection->output_capacity = 2 * (connection->output_start + connection->output_count + count);
    connection->output = grow(connection->output, connection->output_capacity);
  }
  memcpy(connection->output + connection->output_start + connection->output_count, bytes, count);
  connection->output_count += count;
}

static void put_response(Connection *connection, const char *type, const char *body, size_t count) {
  char head[256];
  int length = snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", type, count);
  char *all = grow(NULL, (size_t)length + count);
  memcpy(all, head, (size_t)length);
  memcpy(all + length, body, count);
  put(connection, all, (size_t)length + count);
  free(all);
}

/* ---- Answers ---- */

static void read_requests(Connection *connection);

static void end_answer(Connection *connection) {
  connection->is_answering = false;
  answering--;
  if (connection->is_blocked) return;
  if (connection->closes) return kill_connection(connection);
  if (connection->input_count) read_requests(connection);
}

static void answer_whole(Connection *connection, uint64_t now) {
  static char text[1 << 20];
  size_t most = sizeof text - 1024;
  char *end = text + sprintf(text,
                             "{\"id\":\"chatcmpl-%0*zu\",\"object\":\"chat.completion\",\"created\":1700000000,\"model\":\"m\","
                             "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"",
                             ID_DIGITS, connection->id);
  for (uint32_t i = 0; i < connection->events && (size_t)(end - text) < most; i++) end += sprintf(end, " word%u", i % WORDS);
  end += sprintf(end, "\"},\"logprobs\":null,\"finish_reason\":\"stop\"}],");
  end += print_usage(end, 256, connection);
  *end++ = '}';
  Truth *row = truth_row(&truth, connection->id);
  row->first = row->last = now;
  put_response(connection, "application/json", text, (size_t)(end - text));
  if (!connection->is_dead) end_answer(connection);
}

/* Writes what is due: one event, or a burst of them where they follow each other without delay. */
static void answer(Connection *connection, uint64_t now) {
  if (!connection->streams) return answer_whole(connection, now);
  static char bytes[WRITE_BYTES + 2048];
  char *end = bytes;
  bool is_immediate = delay_is_zero(options.itl);
  uint32_t burst = !is_immediate ? 1 : options.burst ? options.burst : UINT32_MAX;
  Truth *row = truth_row(&truth, connection->id);
  if (!connection->sent) {
    row->first = now;
    end = put_piece(end, &role_piece, connection->id);
  }
  for (; burst && connection->sent < connection->events && end - bytes < WRITE_BYTES - 1024; burst--, events_written++) {
    if (row->writes) row->writes[connection->sent] = now;
    end = put_piece(end, &word_pieces[connection->sent++ % WORDS], connection->id);
  }
  bool is_last = connection->sent == connection->events;
  if (is_last) {
    row->last = now;
    end = put_end(end, connection);
  }
  put(connection, bytes, (size_t)(end - bytes));
  if (connection->is_dead) return;
  if (is_last) {
    timers_cancel(&timers, &connection->timer);
    end_answer(connection);
  } else if (!is_immediate) {
    timers_set(&timers, &connection->timer, connection->timer.due + delay_draw(options.itl, &connection->random));
  } else if (!connection->is_blocked) {
    enqueue(connection);
  }
}

static void begin_answer(Connection *connection, const char *body, size_t count, uint64_t now) {
  connection->id = requests++;
  connection->random = options.seed * 1000003 + connection->id;
  connection->events = options.events;
  connection->sent = 0;
  connection->streams = memmem(body, count, "\"stream\":true", 13) || memmem(body, count, "\"stream\": true", 14);
  connection->tells_usage =
      memmem(body, count, "\"include_usage\":true", 20) || memmem(body, count, "\"include_usage\": true", 21);
  Truth *row = truth_row(&truth, connection->id);
  row->arrived = connection->arrived;
  row->body_bytes = (uint32_t)count;
  row->events = connection->events;
  row->streamed = connection->streams;
  if (connection->streams && connection->id < options.write_rows && connection->id < options.truth_rows)
    row->writes = grow(NULL, connection->events * sizeof *row->writes);
  connection->is_answering = true;
  if (++answering > peak_answering) peak_answering = answering;
  static const char head[] =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n";
  if (connection->streams) put(connection, head, sizeof head - 1);
  if (connection->is_dead) return;
  uint64_t wait = delay_draw(options.ttft, &connection->random);
  for (uint32_t i = 1; !connection->streams && i < connection->events && !delay_is_zero(options.itl); i++)
    wait += delay_draw(options.itl, &connection->random);
  if (wait || !delay_is_zero(options.itl)) {
    timers_set(&timers, &connection->timer, now + wait);
  } else {
    connection->timer.due = now;
    enqueue(connection);
  }
}

/* ---- Requests ---- */

static void put_statistics(Connection *connection) {
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  char text[512];
  int count = snprintf(text, sizeof text,
                       "{\"requests\":%zu,\"events\":%zu,\"writes\":%zu,\"peak_answering\":%zu,\"cpu_s\":%.6f}", requests,
                       events_written, writes, peak_answering,
                       (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
                           (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6);
  put_response(connection, "application/json", text, (size_t)count);
}

static void take_request(Connection *connection, const char *head, const char *body, size_t count, uint64_t now) {
  if (!memcmp(head, "POST", 4)) return begin_answer(connection, body, count, now);
  if (!memcmp(head, "GET /__truth ", 13)) {
    size_t bytes;
    char *text = truth_csv(&truth, &bytes);
    put_response(connection, "text/csv", text, bytes);
    free(text);
  } else if (!memcmp(head, "GET /__writes ", 14)) {
    size_t bytes;
    char *text = truth_writes(&truth, &bytes);
    put_response(connection, "text/plain", text, bytes);
    free(text);
  } else if (!memcmp(head, "GET /__stats ", 13)) {
    put_statistics(connection);
  } else {
    static const char models[] = "{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"object\":\"model\"}]}";
    put_response(connection, "application/json", models, sizeof models - 1);
  }
  if (connection->closes && !connection->is_blocked) kill_connection(connection);
}

/* Takes each request that is complete, while none is being answered. */
static void read_requests(Connection *connection) {
  while (!connection->is_dead && !connection->is_answering && !connection->is_blocked) {
    char *end = memmem(connection->input, connection->input_count, "\r\n\r\n", 4);
    if (!end) return;
    size_t head = (size_t)(end + 4 - connection->input), body = 0;
    *end = 0;
    char *length = strcasestr(connection->input, "\r\ncontent-length:");
    if (length) body = strtoul(length + 17, NULL, 10);
    connection->closes = strcasestr(connection->input, "\r\nconnection: close") != NULL;
    *end = '\r';
    if (connection->input_count < head + body) return;
    take_request(connection, connection->input, connection->input + head, body, monotonic());
    if (connection->is_dead) return;
    connection->input_count -= head + body;
    memmove(connection->input, connection->input + head + body, connection->input_count);
  }
}

static void receive(Connection *connection) {
  if (connection->input_count + 1 >= connection->input_capacity) {
    connection->input_capacity = connection->input_capacity ? 2 * connection->input_capacity : 4096;
    connection->input = grow(connection->input, connection->input_capacity);
  }
  struct iovec place = {connection->input + connection->input_count, connection->input_capacity - connection->input_count - 1};
  _Alignas(struct cmsghdr) char control[128];
  struct msghdr message = {.msg_iov = &place, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  ssize_t count = recvmsg(connection->descriptor, &message, MSG_DONTWAIT);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) return kill_connection(connection);
  connection->arrived = monotonic();
  for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
    struct timespec stamp;
    memcpy(&stamp, CMSG_DATA(part), sizeof stamp);
    uint64_t at = (uint64_t)((int64_t)nanoseconds(stamp) + clock_difference);
    if (at < connection->arrived) connection->arrived = at;
  }
  connection->input_count += (size_t)count;
  connection->input[connection->input_count] = 0;
  read_requests(connection);
}

static void flush(Connection *connection) {
  ssize_t sent = send(connection->descriptor, connection->output + connection->output_start, connection->output_count,
                      MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0 && errno == EAGAIN) return;
  if (sent < 0) return kill_connection(connection);
  connection->output_start += (size_t)sent;
  connection->output_count -= (size_t)sent;
  if (connection->output_count) return;
  connection->output_start = 0;
  connection->is_blocked = false;
  watch(connection);
  if (connection->is_answering) {
    if (!connection->timer.place) enqueue(connection);
  } else if (connection->closes) {
    kill_connection(connection);
  } else {
    read_requests(connection);
  }
}

static void accept_all(int listener) {
  int descriptor, on = 1;
  while ((descriptor = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    Connection *connection = calloc(1, sizeof *connection);
    if (!connection) die("out of memory");
    connection->descriptor = descriptor;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event);
  }
}

/* ---- The loop ---- */

static void write_due(void) {
  Timer *timer;
  uint64_t now = monotonic();
  for (int i = 0; i < BATCH && (timer = timers_first(&timers)) && timer->due <= now; i++) {
    Connection *connection = (Connection *)timer;
    Truth *row = truth_row(&truth, connection->id);
    if (now - timer->due > row->latest) row->latest = now - timer->due;
    if (!connection->streams) timers_cancel(&timers, timer);
    answer(connection, now);
    now = monotonic();
  }
}

static void write_queued(void) {
  Connection *connection = queue;
  queue = NULL;
  queue_end = &queue;
  for (Connection *next; connection; connection = next) {
    next = connection->next;
    connection->is_queued = false;
    if (connection->is_dead) {
      connection->next = dead;
      dead = connection;
    } else if (!connection->is_blocked) {
      answer(connection, monotonic());
    }
  }
}

static void bury(void) {
  for (Connection *connection; (connection = dead);) {
    dead = connection->next;
    free(connection->input);
    free(connection->output);
    free(connection);
  }
}

static int listen_on_loopback(void) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  /* Several servers may share a port; the kernel spreads the connections over them. */
  setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  /* Connections inherit it, so that a request which comes before its connection is accepted is stamped too. */
  setsockopt(listener, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)options.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 16384) ||
      getsockname(listener, (struct sockaddr *)&address, &length))
    die("port %d: %s", options.port, strerror(errno));
  printf("listening on http://127.0.0.1:%d\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

static void parse_options(int count, char **arguments) {
  static const char help[] =
      "mockserver: a mock chat service on 127.0.0.1\n"
      "  --port N        0: a free one (default); servers started with the same one share it\n"
      "  --ttft D        delay of the first event: MS, exp:MEAN, uniform:LOW,HIGH or lognormal:MEDIAN,SIGMA (0)\n"
      "  --itl D         delay between two events (0)\n"
      "  --events N      events with content in each answer (128)\n"
      "  --burst N       events per write where the delay between them is 0; 0: as many as fit (1)\n"
      "  --seed N        of the delays (1)\n"
      "  --truth-rows N  requests from this number on leave no row in /__truth (1000000)\n"
      "  --write-rows N  of the first N requests the time of every event is kept for /__writes (0)\n";
  for (int i = 1; i < count; i += 2) {
    const char *name = arguments[i], *value = arguments[i + 1];
    if (!strcmp(name, "--help")) {
      fputs(help, stdout);
      exit(0);
    }
    if (i + 1 >= count) die("%s has no value; see --help", name);
    if (!strcmp(name, "--port")) options.port = atoi(value);
    else if (!strcmp(name, "--ttft")) options.ttft = delay_parse(name, value);
    else if (!strcmp(name, "--itl")) options.itl = delay_parse(name, value);
    else if (!strcmp(name, "--events")) options.events = (uint32_t)strtoul(value, NULL, 10);
    else if (!strcmp(name, "--burst")) options.burst = (uint32_t)strtoul(value, NULL, 10);
    else if (!strcmp(name, "--seed")) options.seed = strtoull(value, NULL, 10);
    else if (!strcmp(name, "--truth-rows")) options.truth_rows = strtoull(value, NULL, 10);
    else if (!strcmp(name, "--write-rows")) options.write_rows = strtoull(value, NULL, 10);
    else die("unknown option %s; see --help", name);
  }
  if (!options.events) die("--events 0: give 1 or more");
}

int main(int count, char **arguments) {
  parse_options(count, arguments);
  truth.limit = options.truth_rows;
  make_pieces();
  prctl(PR_SET_TIMERSLACK, 1ul);
  prctl(PR_SET_PDEATHSIG, SIGTERM); /* ends with whoever started it */
  raise_descriptor_limit();
  int listener = listen_on_loopback();
  poller = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event ready[BATCH], event = {.events = EPOLLIN};
  epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
  for (uint64_t next_reading = 0;;) {
    uint64_t now = monotonic(), wait = 50000000;
    if (now >= next_reading) { /* the wall clock is steered, so the difference drifts */
      clock_difference = monotonic_minus_realtime();
      next_reading = now + 50000000;
    }
    Timer *first = timers_first(&timers);
    if (queue || (first && first->due <= now)) wait = 0;
    else if (first && first->due - now < wait) wait = first->due - now;
    struct timespec timeout = {0, (long)wait};
    int found = epoll_pwait2(poller, ready, BATCH, &timeout, NULL);
    for (int i = 0; i < found; i++) {
      Connection *connection = ready[i].data.ptr;
      if (!connection) {
        accept_all(listener);
        continue;
      }
      if (!connection->is_dead && ready[i].events & EPOLLOUT) flush(connection);
      if (!connection->is_dead && ready[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(connection);
    }
    write_due();
    if (queue) write_queued();
    if (dead) bury();
  }
}
