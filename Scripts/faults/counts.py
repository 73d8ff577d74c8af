"""Numbers that services tell: counts of tokens, and times that do not fit."""
import json, re

from harness import Service, case, preloaded

LARGEST = 2 ** 53


def usage_answer(*usages, text="a"):
    """A stream whose events tell these counts of tokens, as text of JSON."""
    def answer(x):
        x.start()
        for prompt, completion in usages:
            x.event('{"choices": [{"index": 0, "delta": {"content": "%s"}}], "usage": {"prompt_tokens": %s, "completion_tokens": %s}}'
                    % (text, prompt, completion))
        x.delta({}, finish="stop")
        x.done()
    return answer


def check_counts(t, name, result):
    """No trap, and no count outside 0 to 2^53 in the rows or the report."""
    if not t.expect_no_trap(result, name):
        return
    stored = [value for row in t.rows("prompt_tokens, completion_tokens") for value in row if value is not None]
    t.expect(all(0 <= value <= LARGEST for value in stored), f"{name}: stored {stored}")
    numbers = [float(number) for number in re.findall(r"(?:tokens[^:\n]*|Throughput[^:\n]*): (-?[\d.]+)", result.output)]
    t.expect(all(0 <= number <= LARGEST for number in numbers), f"{name}: reported {numbers}")


@case
def token_counts(t):
    """Counts that are no counts (negative, beyond 2^53, no whole numbers) neither end the run nor enter a number."""
    huge = 2 ** 62
    forms = {
        "negative": [(-5, -7)], "2^62": [(huge, huge)], "2^63-1": [(2 ** 63 - 1, 2 ** 63 - 1)], "2^63": [(2 ** 63, 2 ** 63)],
        "-2^63": [(-2 ** 63, -2 ** 63)], "2^53+1": [(LARGEST + 1, LARGEST + 1)], "1e400": [("1e400", "1e400")],
        "1e18": [("1e18", "9e18")], "400 digits": [("9" * 400, "9" * 400)], "array": [("[1]", "{}")], "true": [("true", "false")],
        "up and down": [(1, 2 ** 63 - 1), (1, -2)], "up": [(1, 1), (1, huge), (1, 2 ** 63 - 1)], "strings": [('"-3"', '"1e30"')],
        "fractions": [(1.5, 2.7)],
    }
    for name, usages in forms.items():
        check_counts(t, name, t.perf(Service(usage_answer(*usages)).url, "-n", 2))


@case
def token_counts_elsewhere(t):
    """The same in the details of OpenAI's counts and in Anthropic's parts, which are added up."""
    def details(x):
        x.start()
        x.delta({"content": "a"})
        x.delta({}, finish="stop", usage={
            "prompt_tokens": 1, "completion_tokens": 1, "completion_tokens_details": {"reasoning_tokens": 2 ** 63 - 1},
            "prompt_tokens_details": {"cached_tokens": 2 ** 63 - 1}})
        x.done()
    check_counts(t, "details", t.perf(Service(details).url, "-n", 2))
    def anthropic(x):
        x.start()
        for value in (
                {"type": "message_start", "message": {"usage": {
                    "input_tokens": 2 ** 63 - 1, "cache_read_input_tokens": 1, "cache_creation_input_tokens": 5, "output_tokens": 1}}},
                {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hi"}},
                {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}}, {"type": "message_stop"}):
            x.chunk(f"event: {value['type']}\ndata: {json.dumps(value)}\n\n")
        x.end()
    check_counts(t, "Anthropic", t.perf(Service(anthropic).url, "-n", 2, "--api", "anthropic"))


@case
def count_of_zero(t):
    """A count of 0 beside text that can be seen is not believed."""
    t.perf(Service(usage_answer((3, 0), text="hello")).url, "-n", 3)
    t.expect(t.rows("completion_tokens") == [None] * 3, t.rows("completion_tokens"))


@case
def count_of_the_start(t):
    """Anthropic's message_start tells one output token; without a final count that is not the answer's count."""
    def answer(x):
        x.start()
        for value in (
                {"type": "message_start", "message": {"usage": {"input_tokens": 3, "output_tokens": 1}}},
                *({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hi "}} for _ in range(5)),
                {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}, {"type": "message_stop"}):
            x.chunk(f"event: {value['type']}\ndata: {json.dumps(value)}\n\n")
        x.end()
    result = t.perf(Service(answer).url, "-n", 3, "--api", "anthropic")
    t.expect(result.status == 0 and t.rows("completion_tokens") == [None] * 3, f"{t.rows('completion_tokens')}, {result.status}")


@case
def one_without_counts(t):
    """One answer of a hundred without token counts leaves the others' numbers, and a word about itself."""
    def answer(x):
        x.good(**({} if x.n == 7 else {"usage": {"prompt_tokens": 2, "completion_tokens": 3}}))
    result = t.perf(Service(answer).url, "-n", 100, "--parallel", 4)
    t.expect(re.search(r"Average output tokens per request: 3\.000", result.output), "the average of the others is gone")
    said = " ".join(line.strip() for line in result.output.splitlines() if re.search(r"count|usage|token", line))
    t.expect(re.search(r"\b(1|one|99) (of|answer|success|request)", said), "nothing is said of the one")


@case
def usage_names(t):
    """Counts under other names, inside a choice and as strings are found."""
    forms = [
        {"usage": {"input_tokens": 5, "output_tokens": 2, "total_tokens": 7}},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop", "usage": {"prompt_tokens": 5, "completion_tokens": 2}}]},
        {"usage": {"prompt_tokens": "5", "completion_tokens": "2"}},
    ]
    for place, form in enumerate(forms):
        def answer(x):
            x.start()
            x.delta({"content": "a"})
            x.delta({"content": "b"}, finish="stop")
            x.event({"choices": [], **form})
            x.done()
        t.perf(Service(answer).url, "-n", 2)
        found = t.rows("prompt_tokens, completion_tokens")
        t.expect(found == [(5, 2)] * 2, f"form {place}: {found}")


@case
def broken_end(t):
    """A finish reason and a broken chunk in one read make no time before the request was sent; every report can be made."""
    def at_once(x):
        events = "".join("data: %s\n\n" % json.dumps({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]})
                         for text, finish in (("a", None), ("b", None), ("", "stop")))
        x.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\nzz\r\n" % (len(events), events))
        x.cut()
    t.perf(Service(at_once).url, "-n", 20)
    times = t.rows("sent_time, first_token_time, latency, first_chunk_latency")
    t.expect(len(times) == 20, f"{len(times)} rows of 20")
    for sent, first, latency, chunk in times:
        t.expect((first is None or first >= sent) and (latency or 0) >= 0 and (chunk or 0) >= 0, f"times {sent, first, latency}")
    for form in ("text", "html", "json", "csv", "trace"):
        t.expect_no_trap(t.tool("report", "r.db", "--format", form, "-o", "out"), form)


@case(quick=False)
def clock_set_back(t):
    """A wall clock that is set back or forth in a run makes no gap of seconds, unless the verdict says so."""
    shim = preloaded(t, CLOCK)
    simulator = t.start("simulate", "--port", "0", "--ttft", "20ms", "--itl", "5ms", "--output-tokens", "32")
    address = re.search(r"http://\S+", simulator.stdout.readline().decode()).group().rstrip("/")
    for step in ("-10", "10", "-0.3"):
        result = t.perf(
            address, "--duration", 3, "--parallel", 8, environment={"LD_PRELOAD": shim, "STEP": step, "STEP_AT": "1.5"})
        gaps = max((max(float(cell.strip("*")) for cell in row.split() if cell != "-") for row in re.findall(r"^  (?:ICL|max stall) +\d+ (.*)$", result.output, re.M)), default=0)
        told = re.search(r"(SUSPECT|INVALID)[^\n]*(\n    [^\n]*)*(clock|stamp)", result.output)
        t.expect(result.status in (0, 99) and (gaps < 250 or told), f"{step} s: the longest gap {gaps} ms, and not a word; {result.status}")
    simulator.terminate()


CLOCK = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long long began, step, at;

static long long monotonic(void) {
  struct timespec now;
  syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void move(struct timespec *time) {
  if (monotonic() - began < at) return;
  long long moved = time->tv_sec * 1000000000LL + time->tv_nsec + step;
  time->tv_sec = moved / 1000000000LL;
  time->tv_nsec = moved % 1000000000LL;
}

__attribute__((constructor)) static void begin(void) {
  began = monotonic();
  step = (long long)(atof(getenv("STEP") ?: "0") * 1e9);
  at = (long long)(atof(getenv("STEP_AT") ?: "0") * 1e9);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  long result = syscall(SYS_clock_gettime, clock, time);
  if (result == 0 && clock == CLOCK_REALTIME) move(time);
  return (int)result;
}

ssize_t recvmsg(int descriptor, struct msghdr *message, int flags) {
  static ssize_t (*next)(int, struct msghdr *, int);
  if (!next) next = dlsym(RTLD_NEXT, "recvmsg");
  ssize_t result = next(descriptor, message, flags);
  if (result < 0) return result;
  for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part))
    if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_TIMESTAMPNS) {
      struct timespec time;
      memcpy(&time, CMSG_DATA(part), sizeof time);
      move(&time);
      memcpy(CMSG_DATA(part), &time, sizeof time);
    }
  return result;
}
"""
