"""Services that results are sent to, and users' plugins, as they must not end a run."""
import json, os

from harness import Service, case

GRAPHQL = {"data": {"viewer": {"entity": "e", "username": "u"}, "createRunFiles": {"files": []}, "upsertBucket": {
    "inserted": True, "bucket": {"id": "x", "name": "n", "displayName": "d", "project": {"name": "p", "entity": {"name": "e"}}}}}}


def counterpart(headers, status="200 OK", body=None):
    """A service that answers everything well, but for these headers."""
    def answer(x):
        text = json.dumps(GRAPHQL if body is None else body)
        x.send(f"HTTP/1.1 {status}\r\nContent-Length: {len(text)}\r\n{headers}\r\n{text}")
    return Service(answer)


def exported(t, name, service):
    """A run that is sent to all three; it ends with a report and without a trap."""
    result = t.perf(
        "sim:?ttft=5ms&itl=1ms&output-tokens=8", "--duration", 1, "--parallel", 2, "--wandb-api-key", "0" * 40,
        "--wandb-base-url", service.url, "--mlflow-tracking-uri", service.url, "--otlp-endpoint", service.url, timeout=60)
    t.expect(result.status < 128 and "Verdict" in result.output, f"{name}: {result}")


@case(seconds=150, quick=False)
def export_limits(t):
    """No header about limits and pauses ends a run, whatever number it holds."""
    for value in ("nan", "inf", "-inf", "1e300", "-5", "0x10", "9" * 30, ""):
        limits = "".join(f"{name}: {value}\r\n" for name in ("RateLimit-Reset", "X-RateLimit-Reset", "Retry-After"))
        exported(t, f"limits {value}", counterpart("RateLimit-Remaining: 0\r\n" + limits))
    exported(t, "Retry-After 1e300", counterpart("Retry-After: 1e300\r\n", "429 Too Many Requests", {}))
    exported(t, "Retry-After nan", counterpart("Retry-After: nan\r\n", "503 Busy", {}))


@case(seconds=300, quick=False)
def export_nonsense(t):
    """Nor does an answer that makes no sense."""
    def garbage(x):
        x.send(os.urandom(3000))
        x.cut()
    def overflow(x):
        x.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nx")
        x.cut()
    def length(value):
        def answer(x):
            x.send(f"HTTP/1.1 200 OK\r\nContent-Length: {value}\r\n\r\nx")
            x.cut()
        return answer
    services = {
        "garbage": Service(garbage), "chunk overflow": Service(overflow), "length": Service(length(2 ** 63 - 1)), "length -1": Service(length(-1)),
        "null": counterpart("", body={}), "deep": counterpart("", body="[" * 10), "redirect": counterpart("Location: http://127.0.0.1:1/\r\n", "307 T", {}),
        "numbers": counterpart("", body={"experiment": {"experiment_id": 1e308}, "run": {"info": {"run_id": "../../x"}}, "limits": {"rate_limit_seconds": 1e300}}),
    }
    for name, service in services.items():
        exported(t, name, service)


PLUGIN = '''
from llmuses.perf.api_plugin_base import ApiPluginBase
from llmuses.perf.plugin_registry import register_api

@register_api("mine")
class Mine(ApiPluginBase):
    def __init__(self, model_path):
        super().__init__(model_path=model_path)
        self.asked = 0

    def build_request(self, model, prompt, query_template):
        return {"model": model, "messages": [{"role": "user", "content": prompt}], "stream": True}

    def parse_responses(self, responses, request=None, **more):
        self.asked += 1
        if self.asked > 200:
            raise RuntimeError("a fault of the plugin")
        return 1, len(responses)
'''


@case
def plugin_throws(t):
    """A plugin that fails in mid-run ends the run with its words, and loses nothing that ended before."""
    t.write("mine.py", PLUGIN)
    result = t.perf(Service(lambda x: x.good()).url + "/v1/chat/completions", "-n", 600, "--parallel", 8, "--api", "mine.py")
    rows = len(t.rows("1"))
    t.expect("a fault of the plugin" in result.errors or result.status == 0, result)
    t.expect(rows >= 200, f"{rows} rows, and 200 had ended before it: {result}")
