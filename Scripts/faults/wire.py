"""HTTP as services write it, and event loops that cannot go on."""
import re, time

from harness import Service, case, preloaded


@case
def responses(t):
    """Responses that RFC 9112 lets a client read are read; those that it does not are failures, never an endless wait."""
    body = ('data: {"choices": [{"index": 0, "delta": {"content": "a"}, "finish_reason": null}]}\n\n'
            'data: {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n')
    chunked = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = "%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    plain = "HTTP/1.1 200 OK\r\n%s\r\n" + body
    good = {
        "an empty line before": "\r\n" + chunked + chunk, "bare line feeds": chunked.replace("\r\n", "\n") + chunk,
        "no reason": chunked.replace("200 OK", "200") + chunk, "a chunk extension": chunked + chunk.replace("\r\n", ";a=b\r\n", 1),
        "trailers": chunked + chunk[:-2] + "X: y\r\n\r\n", "zeros before a size": chunked + "000" + chunk,
        "length": plain % f"Content-Length: {len(body)}\r\n", "until the end": plain % "Connection: close\r\n",
        "HTTP/1.0": (plain % "").replace("1.1", "1.0"), "odd header names": chunked.replace("Transfer-Encoding", "tRaNsFeR-eNcOdInG") + chunk,
        "a header without value": chunked.replace("\r\n\r\n", "\r\nX-Empty:\r\n\r\n") + chunk,
    }
    bad = {
        "length twice": plain % "Content-Length: 5\r\nContent-Length: 6\r\n", "length -5": plain % "Content-Length: -5\r\n",
        "length of 25 digits": plain % ("Content-Length: " + "9" * 25 + "\r\n"), "chunk -5": chunked + "-5\r\n" + body,
        "chunk 2^63-1": chunked + "7fffffffffffffff\r\n" + body, "no chunk size": chunked + "zz\r\n" + body,
        "length of the whole range": plain % "Content-Length: 9223372036854775807\r\n", "nothing": "", "HTML": "<html>hello</html>",
        "HTTP/2": "HTTP/2 200\r\n\r\n" + body, "status 000": "HTTP/1.1 000 X\r\nContent-Length: 0\r\n\r\n",
        "status -12": "HTTP/1.1 -12 X\r\nContent-Length: 2\r\n\r\nhi", "a TLS alert": "\x15\x03\x01\x00\x02\x02\x46",
    }
    unreached = ("length of the whole range", "chunk 2^63-1", "length of 25 digits")
    for wanted, forms in ((0, good), (3, bad)):
        for name, response in forms.items():
            def answer(x):
                x.send(response.encode("latin-1"))
                x.cut()
            result = t.perf(Service(answer).url, "-n", 2, "--read-timeout", 2, timeout=15)
            # Where the stream was whole, a length that was never reached may be forgiven.
            t.expect(result.status == wanted or result.status == 0 and name in unreached, f"{name}: {result}")


@case
def keep_alive(t):
    """A connection that dies between two requests costs none of them."""
    def answer(x):
        x.good()
        time.sleep(0.002)
        if x.n % 3 == 0:
            x.reset()
    result = t.perf(Service(answer).url, "-n", 120, "--parallel", 3)
    failed = [code for code in t.rows("failure") if code]
    t.expect(len(t.rows("1")) == 120, f"{len(t.rows('1'))} rows")
    t.expect(len(failed) < 60, f"{len(failed)} failed")


@case
def loop_dies(t):
    """An event loop that fails in mid-run ends the run with its words: no VALID, status 1, and what was in flight has failed."""
    shim = preloaded(t, r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

static long (*real)(long, ...);
static long long began;
static long long now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec * 1000LL + t.tv_nsec / 1000000; }
__attribute__((constructor)) static void begin(void) { began = now(); }

static int is_loop(void) {
  char name[32] = "", path[64];
  snprintf(path, sizeof path, "/proc/self/task/%ld/comm", real(SYS_gettid));
  FILE *file = fopen(path, "r");
  if (!file) return 0;
  if (!fgets(name, sizeof name, file)) name[0] = 0;
  fclose(file);
  return strncmp(name, "llmuses-loop", 12) == 0;
}

long syscall(long number, ...) {
  va_list list;
  va_start(list, number);
  long a[6];
  for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
  va_end(list);
  // Other libraries call it before this one is set up.
  if (!real) real = dlsym(RTLD_NEXT, "syscall");
  if (began && number == 441 /* epoll_pwait2 */ && now() - began > 1500 && is_loop()) { errno = EBADF; return -1; }
  return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
""")
    def answer(x):
        time.sleep(0.02)
        x.good()
    result = t.perf(Service(answer).url, "-n", 4000, "--parallel", 4, environment={"LD_PRELOAD": shim}, timeout=30)
    verdict = re.findall(r"Verdict: (\w+)", result.output)
    t.expect(result.status == 1 and verdict != ["VALID"] and "stopped" in result.errors, f"{result}, {verdict}")
