"""Services that do not end, and work that grows with the square of what comes."""
import os, re, signal, socket, threading, time

from harness import Exchange, Service, Skip, case, cpu_seconds

# Longer than a run of two seconds, its read timeout and a grace for what is in flight may take together.
PATIENCE = 30


def endless(again, begin=Exchange.start):
    """An answer that goes on for longer than a case may take."""
    def answer(x):
        begin(x)
        end = time.monotonic() + 100
        while time.monotonic() < end:
            again(x)
            time.sleep(0.03)
    return answer


def almost_done(x):
    x.start()
    x.delta({"content": "a"})
    x.delta({}, finish="stop")
    x.event("[DONE]")
    x.send("0\r\n")


ENDLESS = {
    "comments": endless(lambda x: x.chunk(": ping\n\n")),
    "events": endless(lambda x: x.delta({"content": "a"})),
    "empty events": endless(lambda x: x.delta({"role": "assistant", "content": ""})),
    "interim responses": endless(lambda x: x.send("HTTP/1.1 100 Continue\r\n\r\n"), begin=lambda x: None),
    "a head": endless(lambda x: x.send("X-Header: y\r\n"), begin=lambda x: x.send("HTTP/1.1 200 OK\r\n")),
    "trailers": endless(lambda x: x.send("X-Trailer: y\r\n"), begin=almost_done),
}


def endless_case(name):
    def function(t):
        result = t.perf(Service(ENDLESS[name]).url, "--duration", 2, "--parallel", 2, "--read-timeout", 1, timeout=PATIENCE)
        t.expect(result.status != 137, f"still there after {PATIENCE} s")
        t.expect("Verdict" in result.output, f"no report: {result}")
    function.__name__ = "endless_" + name.replace(" ", "_")
    function.__doc__ = f"--duration ends a run although an answer goes on for ever with {name}."
    return case(function, quick=False)


for name in ENDLESS:
    endless_case(name)


@case(quick=False)
def endless_interrupted(t):
    """One Ctrl-C ends a run with an answer that goes on for ever; the time that is waited then is no time of the run."""
    process = t.start(*t.perf_arguments(Service(ENDLESS["comments"]).url, "-n", 1))
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    result = t.wait(process, PATIENCE)
    t.expect(result.status == 130, f"after {result.seconds:.0f} s: {result}")


@case(quick=False)
def endless_third(t):
    """A single answer that is kept alive does not stretch the time of the run that throughput is made from."""
    def answer(x):
        if x.n == 2:
            ENDLESS["comments"](x)
        x.good()
    result = t.perf(Service(answer).url, "--duration", 2, "--parallel", 2, "--read-timeout", 1, timeout=PATIENCE)
    taken = re.search(r"Time taken for tests: ([\d.]+)", result.output)
    t.expect(taken and float(taken.group(1)) < 5, f"{taken and taken.group()}, {result.status}")


@case(quick=False)
def linger_interrupted(t):
    """Ctrl-C ends the wait of --metrics-linger."""
    process = t.start(*t.perf_arguments(
        "sim:?ttft=1ms&itl=1ms&output-tokens=2", "-n", 5, "--metrics-port", 0, "--metrics-linger", 60))
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    result = t.wait(process, 10)
    t.expect(result.status in (0, 130), f"after {result.seconds:.0f} s: {result}")


def stream_of(data):
    def answer(x):
        x.start()
        for offset in range(0, len(data), 1 << 20):
            x.chunk(data[offset:offset + (1 << 20)])
        x.delta({"content": "a"})
        x.delta({}, finish="stop")
        x.done()
    return answer


@case(seconds=180, quick=False)
def square_time(t):
    """The time for a stream grows with its length: many CRs, an event of many lines, many events that end in CRs."""
    forms = {
        "CRs": lambda n: b"\r" * (n * 40), "data lines": lambda n: b"data: x\n" * (n * 8) + b"\n",
        "events with CRs": lambda n: b'data: {"choices":[{"delta":{"content":"a"}}]}\r\r' * (n * 2),
        "comment lines": lambda n: b":\n" * (n * 20), "one long line": lambda n: b": " + b"x" * (n * 40),
    }
    def seconds(data):
        url = Service(stream_of(data)).url
        return min(cpu_seconds(lambda: t.perf(url, "-n", 1, timeout=30)) for _ in range(2))
    floor = seconds(b": \n\n")
    for name, form in forms.items():
        small, large = (max(seconds(form(n)) - floor, 0.02) for n in (10_000, 40_000))
        t.expect(large / small < 9, f"{name}: four times as much took {large / small:.1f} times as long ({large:.2f} s)")


@case(seconds=90, quick=False)
def square_hang(t):
    """8 MB of CRs neither hang the run nor keep SIGTERM from ending it."""
    result = t.perf(Service(stream_of(b"\r" * 8_000_000)).url, "-n", 3, timeout=30)
    t.expect(result.status in (0, 3), f"after {result.seconds:.0f} s: {result}")


@case(seconds=180, quick=False)
def huge_answer(t):
    """An answer that is too large to be kept is not lost in silence, and takes no multiple of its size in memory."""
    free = int(re.search(r"MemAvailable: +(\d+)", open("/proc/meminfo").read()).group(1)) >> 20
    if free < 7:
        raise Skip(f"needs 7 GiB of memory, and there are {free}")
    event = b'{"choices":[{"delta":{"content":"' + b"a" * (1 << 20) + b'"}}]}'
    def answer(x):
        x.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        for _ in range(800):
            x.send(b"data: " + event + b"\n\n")
        x.send('data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n')
        x.cut()
    result = t.perf(Service(answer).url, "-n", 1, timeout=150)
    t.expect_no_trap(result, "perf")
    success, messages = t.rows("success, response_messages IS NOT NULL")[0]
    t.expect(messages or success != "True" or "texts-left-out" in result.text, f"messages gone in silence: {result}")


@case(seconds=180, quick=False)
def shares(t):
    """A thread's share of a processor is of the time it was used in: none is above 100 %, and no run above its own ceiling."""
    tokenizer = os.path.join(os.path.dirname(__file__), "../../Tests/LLMPerfTokenizersTests/Fixtures/qwen-files")
    runs = (("--count-tokens", "during"), ("--count-tokens", "after"))
    for arguments in runs:
        result = t.perf("sim:?null&output-tokens=4000&events-per-write=200", "-n", 300, "--parallel", 300, "--tokenizer-path", os.path.realpath(tokenizer), *arguments)
        found = [float(share) for share in re.findall(r"CPU of [^:\n]*?  +([\d.]+) %", result.output)]
        t.expect(found and max(found) <= 105, f"{arguments[1]}: shares {found}")
    result = t.tool("perf", "--model", "m", "--prompt", "Hi", "--name", "c", "--quiet", "--url", "sim:?null&output-tokens=2000&events-per-write=500",
                    "-n", "4000", "--parallel", "64")
    share = re.search(r"reached\s+([\d.]+) %", result.output)
    t.expect(not share or float(share.group(1)) <= 100, f"{share and share.group()}")


@case
def slow_upload(t):
    """A request that takes longer to send than the read timeout is no silence of the service."""
    t.write("long.txt", "word " * 4_000_000)
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    listener.bind(("127.0.0.1", 0))
    listener.listen(5)
    def serve():
        connection, _ = listener.accept()
        data, want = b"", None
        while want is None or len(data) < want:
            part = connection.recv(1 << 18)
            if not part:
                return
            data += part
            time.sleep(0.03)
            if want is None and b"\r\n\r\n" in data:
                head = data.split(b"\r\n\r\n")[0]
                want = len(head) + 4 + int(re.search(rb"(?i)content-length: (\d+)", head).group(1))
        Exchange(connection, 0, b"", b"").whole({"choices": [{"message": {"role": "a", "content": "a"}, "finish_reason": "stop"}]})
    threading.Thread(target=serve, daemon=True).start()
    result = t.perf(f"127.0.0.1:{listener.getsockname()[1]}", "-n", 1, "--read-timeout", 1, prompt="@long.txt")
    t.expect(result.status == 0, f"{t.rows('failure, failure_message')}, {result.seconds:.1f} s")
