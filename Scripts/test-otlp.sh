#!/bin/sh
# Receives a run's metrics by OTLP and decodes them with OpenTelemetry's own messages (PyPI's opentelemetry-proto,
# kept in OTLP_VENV, .build/otlp-venv).
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
venv=${OTLP_VENV:-$root/.build/otlp-venv}
"$root/Scripts/deps.sh" curl=/usr/bin/curl
"$root/Scripts/venv.sh" "$venv" opentelemetry-proto
work=$(mktemp -d)
cat >"$work/collector.py" <<'P'
import csv, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest as Request

bodies = []


class Collector(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        good = (self.path, self.headers["Content-Type"], self.headers["x-key"]) == ("/v1/metrics", "application/x-protobuf", "a b")
        if good:
            bodies.append(body)
        self.send_response(200 if good else 400)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        try:
            text, status = check(), 200
        except Exception as error:
            text, status = "%s: %s" % (type(error).__name__, error), 500
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode() + b"\n")


def check():
    request = Request()
    assert request.ParseFromString(bodies[-1]) == len(bodies[-1])
    scopes = request.resource_metrics[0].scope_metrics
    names = {m.name: m for m in scopes[0].metrics}
    rows = list(csv.DictReader(open(sys.argv[2])))
    ok = [r for r in rows if r["ok"] == "1"]
    resource = {a.key: a.value.string_value for a in request.resource_metrics[0].resource.attributes}
    assert resource["service.name"] == "llmuses" and scopes[0].scope.version == "1.2.3", resource
    for name, unit, values in (
            ("gen_ai.client.operation.duration", "s", [(int(r["last_token"]) - int(r["sent"])) / 1e9 for r in ok]),
            ("gen_ai.server.time_to_first_token", "s", [(int(r["first_token"]) - int(r["sent"])) / 1e9 for r in ok]),
            ("gen_ai.client.token.usage", "{token}", [int(r["input"]) for r in ok])):
        metric = names[name]
        point = metric.histogram.data_points[0]
        assert metric.unit == unit and metric.histogram.aggregation_temporality == 2, name
        assert point.count == len(values) == sum(point.bucket_counts), (name, point.count, len(values))
        assert abs(point.sum - sum(values)) < 1e-6 * len(values), (name, point.sum, sum(values))
        assert (point.min, point.max) == (min(values), max(values)), (name, point.min, point.max)
        bounds = [-1] + list(point.explicit_bounds) + [float("inf")]
        counts = [sum(a < v <= b for v in values) for a, b in zip(bounds, bounds[1:])]
        assert list(point.bucket_counts) == counts, (name, counts)
        attributes = {a.key: a.value for a in point.attributes}
        assert attributes["gen_ai.request.model"].string_value == "qwen/7b", attributes
        assert attributes["server.port"].int_value == 8000
        assert 0 < point.start_time_unix_nano < point.time_unix_nano
    failed = [p for p in names["gen_ai.client.operation.duration"].histogram.data_points[1:]]
    assert failed[0].count == len(rows) - len(ok)
    assert {a.key: a.value.string_value for a in failed[0].attributes}["error.type"] == "http-503"
    requests = names["llmuses.requests"].sum
    assert requests.is_monotonic and sum(p.as_int for p in requests.data_points) == len(rows)
    assert names["llmuses.requests_in_flight"].gauge.data_points[0].as_int == 5
    return "otlp: %d exports, %d metrics, as recorded" % (len(bodies), len(names))


server = HTTPServer(("127.0.0.1", 0), Collector)
print(server.server_port, file=open(sys.argv[1], "w"), flush=True)
server.serve_forever()
P
"$venv/bin/python" "$work/collector.py" "$work/port" "$work/records.csv" &
collector=$!
trap 'kill $collector 2>/dev/null; wait $collector 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 100); do [ -s "$work/port" ] && break; sleep 0.1; done
base="http://127.0.0.1:$(cat "$work/port")"
(cd "$root" && LLMUSES_TEST_OTLP_URL="$base" LLMUSES_TEST_OUTPUT="$work" \
  swift test ${SWIFT_TEST_FLAGS:-} --filter MetricsServiceTests >"$work/test.log" 2>&1) || { tail -30 "$work/test.log"; exit 1; }
curl -sS "$base/" | tee "$work/result"
grep -q '^otlp:' "$work/result"
