#!/bin/sh
# Lets a real Prometheus scrape a run, and promtool check the page. Installs Debian's `prometheus`.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
"$root/Scripts/deps.sh" prometheus=/usr/bin/promtool curl=/usr/bin/curl
work=$(mktemp -d)
free() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
port=$(free)
own=$(free)
cat >"$work/prometheus.yml" <<Y
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - job_name: llmuses
    static_configs: [{targets: ["127.0.0.1:$port"]}]
Y
promtool check config "$work/prometheus.yml" >/dev/null
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" --web.listen-address="127.0.0.1:$own" \
  >"$work/prometheus.log" 2>&1 &
prometheus=$!
trap 'kill $prometheus 2>/dev/null; wait $prometheus 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 100); do curl -fs "http://127.0.0.1:$own/api/v1/targets" 2>/dev/null | grep -q "127.0.0.1:$port" && break; sleep 0.1; done

(cd "$root" && LLMUSES_TEST_METRICS_PORT=$port LLMUSES_TEST_OUTPUT="$work" \
  swift test ${SWIFT_TEST_FLAGS:-} --filter MetricsServiceTests >"$work/test.log" 2>&1) &
test=$!
# The page as it is in the middle of the run.
for _ in $(seq 600); do
  curl -fs -D "$work/head" "http://127.0.0.1:$port/metrics" -o "$work/page" && grep -q 'outcome="failure"} [1-9]' "$work/page" && break
  kill -0 $test 2>/dev/null || break
  sleep 0.2
done
wait $test || { tail -30 "$work/test.log"; exit 1; }
promtool check metrics <"$work/page"
grep -qi 'content-type: text/plain; version=0.0.4; charset=utf-8' "$work/head"

query() { curl -fsG --data-urlencode "query=$1" "http://127.0.0.1:$own/api/v1/query" | python3 -c '
import json, sys
result = json.load(sys.stdin)["data"]["result"]
print(result[0]["value"][1] if result else "nothing")'; }
expect() { # query, lowest, highest
  value=$(query "$1")
  python3 -c 'import sys; v, a, b = map(float, sys.argv[1:]); sys.exit(not a <= v <= b)' "$value" "$2" "$3" ||
    { echo "$1 is $value instead of $2 to $3"; exit 1; }
  echo "$1 = $value"
}
ok=$(awk -F, '$2 == 1' "$work/records.csv" | wc -l)
tokens=$(awk -F, '$2 == 1 {s += $13} END {print s}' "$work/records.csv")
median=$(awk -F, '$2 == 1 {print ($7 - $5) / 1e9}' "$work/records.csv" | sort -n | awk '{a[NR] = $1} END {print a[int((NR + 1) / 2)]}')
# The instance is down by now; what it last said is found a little back in time.
expect 'max_over_time(up{job="llmuses"}[1m])' 1 1
expect 'last_over_time(llmuses_requests_total{outcome="success"}[1m])' "$ok" "$ok"
expect 'last_over_time(llmuses_output_tokens_total[1m])' "$tokens" "$tokens"
expect 'last_over_time(llmuses_run_finished[1m])' 1 1
expect 'histogram_quantile(0.5, last_over_time(llmuses_time_to_first_token_seconds_bucket[1m]))' \
  "$(python3 -c "print($median * 0.6)")" "$(python3 -c "print($median * 1.7)")"
expect 'sum(max_over_time(rate(llmuses_requests_total[5s])[1m:1s]))' 10 1000
echo "prometheus: as recorded"
