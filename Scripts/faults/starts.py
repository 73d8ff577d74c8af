"""What is given to a run before it starts: numbers, keys, names."""
import os, resource, signal, time

from harness import Service, case, preloaded

FAST = "sim:?ttft=1ms&itl=1ms&output-tokens=2"


@case
def huge_numbers(t):
    """The largest numbers that an option can be given are refused or work; they are no trap."""
    largest = 2 ** 63 - 1
    forms = {
        "parallel": ("--parallel", largest, "-n", 1), "max-in-flight": ("--rate", 5, "--max-in-flight", largest, "-n", 2),
        "number": ("-n", largest, "--duration", 1), "number at once": ("-n", largest, "--rate", -1, "--duration", 1),
        "warmup": ("--warmup", largest - 1, "-n", largest, "--duration", 1), "rate": ("--rate", "1e300", "-n", 5),
        "small rate": ("--rate", "1e-300", "-n", 1, "--duration", 1), "log": ("--log-every-n-query", largest, "-n", 2),
        "duration": ("--duration", 31_000_000, "-n", 2), "loops": ("--loops", largest, "-n", 1),
        "preconnect": ("--parallel", largest, "--preconnect", "-n", 1), "prompt length": ("--max-prompt-length", largest, "-n", 1),
    }
    for name, arguments in forms.items():
        result = t.perf(FAST, *arguments, timeout=20)
        t.expect(result.status < 128, f"{name}: {result}")
        if name == "parallel":
            t.expect(result.status == 2 and "--parallel" in result.errors, f"{name}: {result}")


@case
def huge_numbers_elsewhere(t):
    """The same for the other commands."""
    largest = str(2 ** 63 - 1)
    for command in (["calibrate", "--parallel", largest], ["calibrate", "--events", largest], ["calibrate", "--rate", "1e300"],
                    ["calibrate", "--itl", "1e300"], ["calibrate", "--event-bytes", largest],
                    ["simulate", "--port", largest], ["simulate", "--output-tokens", largest, "--port", "x"],
                    ["simulate", "--slots", largest, "--port", "x"], ["simulate", "--truth-rows", largest, "--port", "x"]):
        result = t.tool(*command, timeout=20)
        t.expect(result.status < 128, f"{' '.join(command)}: {result}")
    for setting in ("output-tokens=9223372036854775807", "tokens-per-event=9223372036854775807", "event-bytes=9223372036854775807",
                    "ttft=1e300s", "itl=exp:1e300s", "slots=9223372036854775807", "embedding-dimensions=9223372036854775807"):
        result = t.perf("sim:?" + setting, "-n", 1, "--duration", 1, "--read-timeout", 1, timeout=25)
        t.expect(not result.trapped, f"{setting}: {result}")


@case
def key_line_break(t):
    """A line break in a key never writes a header of its own: it is refused, or dropped at the key's ends."""
    service = Service(lambda x: x.good())
    keys = ["sk-abc\n", "sk-abc\r", "sk-abc\r\nX-Evil: 1", "k\nX-Evil: 1", "a\x00b", "a b", "a\tb", "a\x7fb", "\u00e9"]
    for key in keys:
        ways = [("environment", [], {"OPENAI_API_KEY": key}), ("option", ["--api-key", key], {})]
        for way, arguments, environment in ways:
            if "\x00" in key:
                continue
            service.requests.clear()
            result = t.perf(service.url, "-n", 1, *arguments, environment=environment)
            heads = [request.head.decode("latin-1") for request in service.requests]
            inside = key.strip() == key or "Evil" in key
            if inside:
                t.expect(result.status == 2 and not heads, f"{way} {key!r}: {result}, sent {len(heads)}")
            else:
                t.expect(result.status == 2 and not heads or heads and all("Bearer sk-abc\r\n" in head + "\r\n" for head in heads),
                         f"{way} {key!r}: {result}")
            t.expect(not any("\r\nX-Evil" in head or "\nX-Evil" in head for head in heads), f"{way} {key!r} wrote a header")
    t.write("run.yaml", 'model: m\nprompt: Hi\napi-key: "k\\r\\nX-Evil: 1"\n')
    service.requests.clear()
    result = t.tool("perf", "--config", "run.yaml", "--url", service.url, "--name", "c", "--no-calibrate", "--quiet")
    t.expect(result.status == 2 and not service.requests, f"configuration: {result}")


@case
def long_model(t):
    """A long model name makes a shorter file name by itself; a --name that is too long is named as such."""
    model = "/data/" + "checkpoints-of-an-experiment/" * 20
    result = t.tool("perf", "--model", model, "--prompt", "Hi", "--no-calibrate", "--quiet", "--url", FAST)
    names = [name for name in os.listdir(t.folder) if name.endswith(".db")]
    t.expect(result.status == 0 and len(names) == 1 and len(names[0]) <= 255, f"{result}, {names}")
    for model in ("模型" * 100, "é" * 300, ".", "..", "/", "a\nb", "-x"):
        result = t.tool("perf", f"--model={model}", "--prompt", "Hi", "--no-calibrate", "--quiet", "--url", FAST)
        t.expect(result.status in (0, 2), f"{model[:5]!r}: {result}")
    result = t.tool(*t.perf_arguments(FAST, name="x" * 300))
    t.expect(result.status == 2 and "--name" in result.errors, f"--name: {result}")


@case
def loops_cannot_start(t):
    """Loops that cannot all be prepared end the run with the reason; none waits for the others."""
    for failing in (1, 2, 3, 4):
        shim = preloaded(t, EPOLL % failing)
        result = t.perf("sim:?ttft=1ms&itl=1ms&output-tokens=2", "-n", 40, "--parallel", 8, "--loops", 4, timeout=15, environment={"LD_PRELOAD": shim})
        t.expect(result.status == 1, f"loop {failing} of 4: {result}")
    for files in (12, 16, 20, 24, 28):
        result = t.perf("127.0.0.1:1", "-n", 1, "--loops", 8, timeout=15,
                        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)))
        t.expect(result.status < 128, f"{files} files: {result}")


# The process of perf, not the simulator's, is refused its so-many-th epoll descriptor.
EPOLL = r"""
#define _GNU_SOURCE
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_int asked;

int epoll_create1(int flags) {
  char arguments[256] = "";
  FILE *file = fopen("/proc/self/cmdline", "r");
  if (file) {
    size_t count = fread(arguments, 1, sizeof arguments - 1, file);
    for (size_t i = 0; i < count; i++) if (!arguments[i]) arguments[i] = ' ';
    fclose(file);
  }
  if (strstr(arguments, " perf ") && atomic_fetch_add(&asked, 1) + 1 == %d) {
    errno = EMFILE;
    return -1;
  }
  return (int)syscall(SYS_epoll_create1, flags);
}
"""


@case
def name_after_kill(t):
    """kill -9 before a run begins leaves no file that blocks its name; later there is a database with the run in it."""
    for _ in range(6):
        process = t.start(*t.perf_arguments(FAST, "-n", 5, name="k"))
        while not os.path.exists(t.path("k.db")) and process.poll() is None:
            time.sleep(0.0002)
        process.send_signal(signal.SIGKILL)
        t.wait(process)
        began = bool(t.run_row("1", "k.db"))
        result = t.tool(*t.perf_arguments(FAST, "-n", 5, name="k"))
        t.expect(result.status == 0 or began, f"{result}")
        for name in os.listdir(t.folder):
            if name.startswith("k.db"):
                os.unlink(t.path(name))
