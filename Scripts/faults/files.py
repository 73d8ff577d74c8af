"""Files as they are: encodings, byte-order marks, pipes, JSON that is none."""
import gzip, os, signal, time

from harness import Service, case

TEXT = "What is love?\r\nTell me a story.\r\n"


def prompts_sent(t, service, *arguments, prompt=None, **options):
    """The prompts that reached the service, what was no JSON as bytes, and how the run ended."""
    service.requests.clear()
    result = t.perf(service.url, *arguments, prompt=prompt, **options)
    found = []
    for request in service.requests:
        try:
            found.append(request.prompt)
        except ValueError:
            found.append(request.body)
    return found, result


@case
def encodings(t):
    """Text that is not UTF-8 is read by its mark, or refused with the file's name; no NUL and no U+FFFD is sent."""
    service = Service(lambda x: x.good())
    files = {
        "utf16.txt": TEXT.encode("utf-16"), "utf16be.txt": b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf16-plain.txt": TEXT.encode("utf-16-le"),
        "utf32.txt": TEXT.encode("utf-32"), "gbk.txt": "你好，世界\n".encode("gbk"), "latin1.txt": "Où est-ce ?\n".encode("latin-1"),
        "packed.txt.gz": gzip.compress(TEXT.encode() * 9), "packed.txt": gzip.compress(TEXT.encode() * 9),
        "late.txt": b"good\n" * 2000 + b"bad \xff\n", "cut.txt": "good\nbad 你".encode()[:-1], "surrogate.txt": b"a \xed\xa0\x80 b\n",
        "overlong.txt": b"a \xc0\xaf b\n", "zstd.txt": b"\x28\xb5\x2f\xfd" + bytes(range(128, 228)),
    }
    for name, data in files.items():
        t.write(name, data)
        for arguments, prompt in ((("--dataset-path", name, "-n", 4), None), (("-n", 1), "@" + name)):
            found, result = prompts_sent(t, service, *arguments, prompt=prompt)
            bad = [text for text in found if isinstance(text, bytes) or "\0" in text or "\ufffd" in text]
            t.expect(not bad, f"{name} {prompt or 'data set'}: sent {bad[0][:30]!r}" if bad else "")
            t.expect(result.status == 0 or result.status == 2 and name in result.errors and not found, f"{name}: {result}")
    t.write("good.txt", "日本 \U0001f600\n")
    found, result = prompts_sent(t, service, "--dataset-path", "good.txt")
    t.expect(found == ["日本 \U0001f600"], found)


@case
def marks(t):
    """A byte-order mark of UTF-8 is no text: in data sets, templates, configurations and descriptions."""
    service, mark = Service(lambda x: x.good()), b"\xef\xbb\xbf"
    t.write("t.json", mark + b'{"model": "%m", "messages": [{"role": "user", "content": "%p"}], "stream": true}')
    t.write("run.yaml", mark + b"model: m\nprompt: Hi\nnumber: 2\n")
    t.write("p.txt", mark + b"one\ntwo\n")
    t.write("q.jsonl", mark + b'{"question": "one"}\n')
    for name, arguments, prompt, want in (
            ("template", ("-n", 1, "--query-template", "@t.json"), "Hi", ["Hi"]), ("data set", ("--dataset-path", "p.txt"), None, ["one", "two"]),
            ("JSON lines", ("--dataset", "openqa", "--dataset-path", "q.jsonl"), None, ["one"])):
        found, result = prompts_sent(t, service, *arguments, prompt=prompt)
        t.expect(found == want, f"{name}: {found}, {result}")
    result = t.tool("perf", "--config", "run.yaml", "--url", service.url, "--name", "c", "--no-calibrate", "--quiet")
    t.expect(result.status == 0, f"configuration: {result}")
    t.write("spec.yaml", mark + b'path: /v1/chat/completions\ntemplate:\n  messages:\n    - role: user\n      content: "%p"\n'
            b"stream:\n  done: '[DONE]'\n  text: /choices/0/delta/content\n  finish:\n    at: /choices/0/finish_reason\n")
    result = t.perf(service.url, "-n", 1, "--api-spec", "spec.yaml")
    t.expect(result.status == 0, f"description: {result}")


@case
def pipes(t):
    """A pipe is read once: its prompts are all sent, or the run is refused before anything is; '-' is standard input."""
    service = Service(lambda x: x.good())
    def reader():
        end, other = os.pipe()
        os.write(other, b"one\ntwo\n")
        os.close(other)
        return end
    for path in ("/dev/stdin", "-", "/dev/fd/0", "/proc/self/fd/0"):
        end = reader()
        found, result = prompts_sent(t, service, "--dataset-path", path, "-n", 5, stdin=end)
        os.close(end)
        t.expect(found == ["one", "two", "one", "two", "one"] or result.status == 2 and not found, f"{path}: {found}, {result}")
    end = reader()
    found, result = prompts_sent(t, service, "-n", 1, prompt="@/dev/stdin", stdin=end)
    t.expect(found == ["one\ntwo\n"], f"prompt: {found}, {result}")
    os.mkfifo(t.path("f"))
    if os.fork() == 0:
        with open(t.path("f"), "wb") as pipe:
            pipe.write(b"one\ntwo\n")
        os._exit(0)
    found, result = prompts_sent(t, service, "--dataset-path", "f", "-n", 5, timeout=15)
    t.expect(found == ["one", "two", "one", "two", "one"] or result.status == 2 and not found, f"FIFO: {found}, {result}")


@case
def pipe_interrupted(t):
    """Ctrl-C ends a run that waits for a pipe that nobody writes to."""
    os.mkfifo(t.path("f"))
    process = t.start(*t.perf_arguments("sim:?null", "--dataset-path", "f", "-n", 5, prompt=None))
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    result = t.wait(process, 8)
    t.expect(result.status not in (137,), f"still there 8 s after Ctrl-C")


@case
def json_escapes(t):
    """JSON escapes that do not exist are refused in templates and data sets, and no answer of ours is sent with them."""
    service = Service(lambda x: x.good())
    for escape in (r"\x41", r"\a", r"\u00A", r"\ud800", r"\udc00", r"\ud83d\u0041", r"\u", r"\'", r"\U0001"):
        template = '{"model": "%%m", "x": "%s", "messages": [{"role": "user", "content": "%%p"}], "stream": true}' % escape
        found, result = prompts_sent(t, service, "-n", 1, "--query-template", template, prompt="Hi")
        t.expect(result.status == 2 and not found, f"template {escape}: {result}, sent {found}")
        t.write("q.jsonl", '{"question": "%s"}\n' % escape)
        found, result = prompts_sent(t, service, "--dataset", "openqa", "--dataset-path", "q.jsonl")
        t.expect(result.status == 2 and not found, f"data set {escape}: {result}, sent {found}")
    for escape, text in ((r"\u0041\n\/\\", "A\n/\\"), (r"\ud83d\ude00", "\U0001f600")):
        t.write("q.jsonl", '{"question": "a%sb"}\n' % escape)
        found, result = prompts_sent(t, service, "--dataset", "openqa", "--dataset-path", "q.jsonl")
        t.expect(found == [f"a{text}b"], f"data set {escape}: {found}")
