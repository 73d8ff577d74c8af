"""Answers as services give them: ends, failures inside a stream, forms of text."""
import time

from harness import Service, case


def failures(t, answer, *arguments, n=2, **options):
    """A run against a service that answers so: its result, and (failure, message, text) of each request."""
    service = Service(answer)
    result = t.perf(service.url, "-n", n, *arguments, **options)
    return result, t.rows("failure, failure_message, output_text")


@case
def finish_empty(t):
    """A finish reason of "" ends nothing: streams that are cut, reset or stalled behind it failed as such, and the status is 3."""
    def cut(x): x.cut()
    def reset(x): x.reset()
    def stall(x): time.sleep(4)
    for name, ending, codes in [("cut", cut, {"truncated"}), ("reset", reset, {"reset", "truncated"}), ("stall", stall, {"read-timeout"})]:
        def answer(x):
            x.start()
            x.delta({"content": "one "}, finish="")
            time.sleep(0.05)
            ending(x)
        result, rows = failures(t, answer, "--read-timeout", 1, "--parallel", 2)
        t.expect(result.status == 3 and len(rows) == 2 and all(row[0] in codes for row in rows), f"{name}: {rows}, {result.status}")


@case
def finish_failed(t):
    """Finish reasons that tell of a failure (abort, error, cancelled) are one, and so is an error inside a choice, with its words."""
    for reason in ("abort", "error", "cancelled"):
        def answer(x):
            x.start()
            x.delta({"content": "one "})
            x.delta({}, finish=reason)
            x.done()
        result, rows = failures(t, answer)
        t.expect(result.status == 3 and all(row[0] == "in-band-error" for row in rows), f"{reason}: {rows}, {result.status}")
    def inside(x):
        x.start()
        x.delta({"content": "one "})
        x.event({"choices": [{"index": 0, "delta": {}, "finish_reason": "error", "error": {"code": 502, "message": "provider gone"}}]})
        x.done()
    result, rows = failures(t, inside)
    t.expect(all(row[0] == "in-band-error" and "provider gone" in row[1] for row in rows), f"inside a choice: {rows}")


@case
def finish_good(t):
    """The usual finish reasons stay successes: stop, length, tool_calls, function_call, and an end by [DONE] alone."""
    for reason in ("stop", "length", "tool_calls", "function_call", None):
        def answer(x):
            x.start()
            x.delta({"content": "one "})
            x.delta({}, finish=reason)
            x.done()
        result, rows = failures(t, answer)
        t.expect(result.status == 0 and rows == [(None, None, "one ")] * 2, f"{reason}: {rows}, {result.status}")


@case
def finish_choices(t):
    """Of several choices each needs an end of its own: one that is cut fails the request; two that end succeed."""
    def cut(x):
        x.start()
        x.delta({"content": "a"}, index=0)
        x.delta({"content": "b"}, index=1)
        x.delta({}, finish="stop", index=0)
        x.cut()
    result, rows = failures(t, cut)
    t.expect(result.status == 3 and all(row[0] == "truncated" for row in rows), f"one cut: {rows}")
    def both(x):
        x.start()
        for index in (0, 1):
            x.delta({"content": "a"}, index=index)
        for index in (1, 0):
            x.delta({}, finish="stop", index=index)
        x.cut()
    result, rows = failures(t, both)
    t.expect(result.status == 0, f"both ended: {rows}")


@case
def content_parts(t):
    """Text in typed parts and reasoning in objects count as output at once, in streams and in whole bodies."""
    def parts(x):
        x.start()
        x.delta({"role": "assistant", "content": ""})
        for text in ("I ", "think "):
            x.delta({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": text}]}]}, wait=0.2)
        for text in ("Hel", "lo"):
            x.delta({"content": text}, wait=0.2)
        x.delta({}, finish="stop")
        x.done()
    def object(x):
        x.start()
        for text in ("I need", " to think"):
            x.delta({"content": "", "reasoning_content": {"text": text}}, wait=0.2)
        for text in ("Hel", "lo"):
            x.delta({"content": text}, wait=0.2)
        x.delta({}, finish="stop")
        x.done()
    def body(x):
        x.whole({"choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": [
            {"type": "thinking", "thinking": [{"type": "text", "text": "I think "}]}, {"type": "text", "text": "Hello"}]}}],
            "usage": {"prompt_tokens": 5, "completion_tokens": 6}})
    for name, answer in [("parts", parts), ("object", object), ("body", body)]:
        result = t.perf(Service(answer).url, "-n", 1)
        text, reasoning, first, sent = t.rows("output_text, reasoning_text, first_token_time, sent_time")[0]
        t.expect(text == "Hello" and reasoning, f"{name}: text {text!r}, reasoning {reasoning!r}")
        if name != "body":
            t.expect(first and 0.15 < first - sent < 0.39, f"{name}: TTFT {first and first - sent}, 0.2 is right")


@case
def reasoning_twice(t):
    """Reasoning that a gateway mirrors in two members is one text."""
    def answer(x):
        x.start()
        for text in ("a", "b"):
            x.delta({"reasoning": text, "reasoning_content": text})
        x.delta({"content": "c"})
        x.delta({}, finish="stop")
        x.done()
    t.perf(Service(answer).url, "-n", 1)
    t.expect(t.rows("reasoning_text") == ["ab"], t.rows("reasoning_text"))


@case
def error_empty(t):
    """An error member that holds nothing ("", false, {}, null) beside an answer is none."""
    for nothing in ("", False, {}, None):
        def answer(x):
            x.start()
            x.delta({"content": "a"}, error=nothing)
            x.delta({}, finish="stop", error=nothing)
            x.done()
        result, rows = failures(t, answer)
        t.expect(result.status == 0, f"{nothing!r}: {rows}")


@case
def error_forms(t):
    """Errors in other members (error_code, error_msg), and as JSON lines without "data:", fail with their words."""
    forms = [
        lambda x: (x.start(), x.event({"error_code": 336003, "error_msg": "quota is used up"}), x.end()),
        lambda x: x.whole({"error_code": 336003, "error_msg": "quota is used up"}),
        lambda x: (x.start(), x.chunk('{"error": {"message": "quota is used up", "code": 429}}\n'), x.end()),
        lambda x: (x.start(), x.delta({"content": "a"}), x.chunk('{"error": {"message": "quota is used up"}}\n\n'), x.end()),
    ]
    for place, form in enumerate(forms):
        result, rows = failures(t, form)
        t.expect(result.status == 3 and all("quota is used up" in (row[1] or "") for row in rows), f"form {place}: {rows}")


@case
def status_good(t):
    """A whole answer with a status of 2xx is an answer; one without a body is none."""
    for status in ("201 Created", "203 Non-Authoritative", "206 Partial Content"):
        def answer(x):
            x.start(status=status)
            x.delta({"content": "a"})
            x.delta({}, finish="stop")
            x.done()
        result, rows = failures(t, answer, probe=True)
        t.expect(result.status == 0 and len(rows) == 2, f"{status}: {result}")
    result, rows = failures(t, lambda x: x.send("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"))
    t.expect(result.status == 3, f"204: {rows}")


@case
def embeddings_null(t):
    """An embedding that is null is no embedding."""
    service = Service(lambda x: x.whole({"data": [{"index": 0, "embedding": None}], "usage": {"prompt_tokens": 1}}))
    result = t.perf(service.url, "-n", 2, "--api", "openai-embeddings")
    t.expect(result.status == 3, f"{t.rows('success')}, {result.status}")


@case
def lines(t):
    """Events with one line end between them are read, as by clients that read lines; so are events of several JSON lines."""
    event = '{"choices": [{"index": 0, "delta": {"content": "%s"}, "finish_reason": %s}]}'
    def one_lf(x):
        x.start()
        for text in (event % ("a", "null"), event % ("b", '"stop"'), "[DONE]"):
            x.chunk("data: " + text + "\n", wait=0.02)
        x.end()
    def one_crlf(x):
        x.start()
        for text in (event % ("a", "null"), event % ("b", '"stop"'), "[DONE]"):
            x.chunk("data: " + text + "\r\n", wait=0.02)
        x.end()
    for name, answer in (("LF", one_lf), ("CRLF", one_crlf)):
        result, rows = failures(t, answer, probe=True)
        t.expect(result.status == 0 and rows == [(None, None, "ab")] * 2, f"{name}: {result}")


@case
def interim(t):
    """Interim responses are no beginning of the answer, neither for the probe's patience nor for the run."""
    for interims in ("HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" * 3):
        def answer(x):
            x.send(interims)
            time.sleep(0.8)
            x.good()
        for probe in (True, False):
            result, rows = failures(t, answer, n=1, probe=probe) if not probe else (t.perf(Service(answer).url, "-n", 1, probe=True), [])
            t.expect(result.status == 0, f"{interims.split(chr(13))[0]}, probe {probe}: {result}")
