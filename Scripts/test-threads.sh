#!/usr/bin/env bash
# Runs of many kinds under the thread sanitizer; any of its reports is a failure.
#
#   Scripts/test-threads.sh [CASE…]      (default: all cases)
#   THREADS_BINARY=FILE                  a binary that was built so already
#
# -DTHREAD_SANITIZER puts a lock of the C library, which the sanitizer knows, around each lock of the standard library, which
# waits where it does not look. Semaphores and atomics it sees. The build is optimized: of one that is not, the compiler leaves
# the accessors of properties out, and with them the races.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$here/.build-threads
binary=${THREADS_BINARY:-$build/release/llmuses}
if [ -z "${THREADS_BINARY:-}" ]; then
  swift build -c release --package-path "$here" --scratch-path "$build" --sanitize=thread -Xswiftc -DTHREAD_SANITIZER \
    --product llmuses || exit 1
fi
# A build without the sanitizer would pass everything.
grep -qa __tsan_write8 "$binary" || { echo "$binary is not built with the thread sanitizer" >&2; exit 1; }

work=$(mktemp -d)
background=()
finish() {
  for process in "${background[@]}"; do kill "$process" 2>/dev/null; done
  wait
  rm -rf "$work"
}
trap finish EXIT

# Each process of the tool writes its reports to a file of its own, the simulator of a run included.
export TSAN_OPTIONS="log_path=$work/report exitcode=0 history_size=4 second_deadlock_stack=1"
export XDG_CACHE_HOME=$work/cache OPENAI_API_KEY= WANDB_API_KEY=
fast='sim:?ttft=5ms&itl=1ms&output-tokens=16'

# perf NAME OPTION…: a run in the background's or the foreground's place, with its output in NAME.out.
perf() {
  local name=$1
  shift
  "$binary" perf --model m --prompt Hi --name "$work/$name" --no-calibrate "$@" >"$work/$name.out" 2>"$work/$name.err"
}

# interrupts NAME OPTION…: the same, with Ctrl-C after three seconds and, for a SECOND, again.
interrupts() {
  local name=$1
  shift
  "$binary" perf --model m --prompt Hi --name "$work/$name" --no-calibrate --duration 60 "$@" \
    >"$work/$name.out" 2>"$work/$name.err" &
  local run=$!
  sleep 3
  kill -INT $run
  [ -z "${SECOND:-}" ] || { sleep 0.5 && kill -INT $run; }
  wait $run
  [ $? -eq 130 ]
}

# waits_for FILE PATTERN: prints what matches once it is there.
waits_for() {
  for _ in $(seq 200); do
    grep -oEm1 "$2" "$1" 2>/dev/null && return
    sleep 0.1
  done
  return 1
}

# simulator OPTION…: starts one; its address is in $address.
simulator() {
  "$binary" simulate "$@" >"$work/simulator.out" 2>/dev/null &
  background+=($!)
  address=$(waits_for "$work/simulator.out" 'https?://[^ /]+')
}

# What proves that the sanitizer looks: a race without the lock is found, one with it is none.
control() {
  cat >"$work/control.swift" <<'SWIFT'
import Glibc

final class Count: @unchecked Sendable {
  var value = 0
  let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
}
let count = Count()
let locks = CommandLine.arguments.count > 1
pthread_mutex_init(count.lock, nil)
func add(_ count: Count) {
  for _ in 0..<1000 {
    if locks { pthread_mutex_lock(count.lock) }
    count.value += 1
    if locks { pthread_mutex_unlock(count.lock) }
  }
}
var thread = pthread_t()
pthread_create(&thread, nil, { _ in
  add(count)
  return nil
}, nil)
add(count)
pthread_join(thread, nil)
SWIFT
  swiftc -O -sanitize=thread "$work/control.swift" -o "$work/control" || return 1
  TSAN_OPTIONS="log_path=$work/race exitcode=0" "$work/control"
  grep -q 'WARNING: ThreadSanitizer' "$work"/race.* || return 1
  "$work/control" with-lock
}

closed() { perf closed --url "$fast" -n 300 --parallel 16; }
loops() { perf loops --url "$fast" -n 600 --parallel 32 --loops 3 --preconnect; }
open() { perf open --url "$fast" --rate 150 --duration 2; }
capped() { perf capped --url "$fast" --rate 400 --duration 2 --max-in-flight 4 --loops 2; }
at-once() { perf at-once --url "$fast" --rate -1 -n 200 --loops 3; }
warmup() { perf warmup --url "$fast" -n 200 --parallel 8 --warmup 20 --goodput ttft:50ms --fail-if 'error_rate > 1%' --allow-invalid --junit "$work/j.xml"; }
until-goal() { perf until-goal --url "$fast" --parallel 8 --until 'p50(latency) ±50%' --duration 4; }
calibrated() {
  "$binary" perf --model m --prompt Hi --name "$work/calibrated" --url "$fast" -n 100 --parallel 8 --loops 2 \
    >"$work/calibrated.out" 2>&1
}

# What browsers and Prometheus do while a run goes on.
watched() {
  local ports
  ports=($(python3 -c 'import socket
free = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*[each.getsockname()[1] for each in free])'))
  perf watched --url "$fast" --parallel 8 --duration 4 --loops 2 --dashboard "${ports[0]}" --metrics-port "${ports[1]}" \
    --metrics-linger 1 &
  local run=$!
  python3 - "${ports[@]}" $run <<'P' || return 1
import collections, http.client, os, sys, threading, urllib.request

dashboard, metrics, run = map(int, sys.argv[1:])
asked = [f"http://127.0.0.1:{dashboard}/{path}" for path in ("", "events", "events")]
asked += [f"http://127.0.0.1:{metrics}/metrics"] * 3
answers = collections.Counter()


def ask(address):
    while os.path.exists(f"/proc/{run}"):
        try:
            urllib.request.urlopen(address, timeout=0.5).read(2000)
            answers[address] += 1
        except (OSError, http.client.HTTPException):
            pass


threads = [threading.Thread(target=ask, args=(address,)) for address in asked]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
sys.exit(0 if answers[asked[0]] and answers[asked[-1]] else "nobody was answered")
P
  wait $run
}

# Whatever a service does wrong.
faults() {
  perf faults --url "$fast&error-rate=0.5&error-kinds=429,500,503,reset,stall,truncated,disconnected,in-band,malformed,empty&stall-time=3s" \
    -n 400 --parallel 32 --read-timeout 1 --loops 2
}
refused() {
  perf refused --url http://127.0.0.1:1 -n 50 --parallel 8 --no-probe
  [ $? -eq 3 ]
}

# Ctrl-C in the middle of a run, and twice.
interrupted() { interrupts interrupted --url 'sim:?ttft=50ms&itl=10ms&output-tokens=20' --parallel 16 --loops 2; }
# It leaves at once and waits for no thread, which is no leak.
left() {
  TSAN_OPTIONS="$TSAN_OPTIONS report_thread_leaks=0" SECOND=1 interrupts left --url 'sim:?ttft=50ms&itl=1s&output-tokens=200' --parallel 4
}

plugin() {
  simulator --ttft 5ms --itl 1ms --output-tokens 16 --usage always
  perf plugin --url "$address/v1/chat/completions" --api "$here/Examples/python/my_api.py" --plugin-workers 2 \
    -n 200 --parallel 8
}
plugin-data() {
  "$binary" perf --model m --url "$fast" --dataset "$here/Examples/python/my_data.py" \
    --dataset-path "$here/Examples/python/questions.jsonl" -n 60 --parallel 4 --name "$work/plugin-data" --no-calibrate \
    >"$work/plugin-data.out" 2>&1
}
tokens() {
  perf tokens --url "$fast" -n 200 --parallel 8 --tokenizer-path "$here/Tests/LLMPerfTokenizersTests/Fixtures/qwen-files" &&
    perf tokens-after --url "$fast" -n 200 --parallel 8 --count-tokens after \
      --tokenizer-path "$here/Tests/LLMPerfTokenizersTests/Fixtures/qwen-files"
}

wandb-offline() {
  (cd "$work" && perf wandb-offline --url "$fast" --duration 2 --parallel 4 --wandb-mode offline)
}
# Services that are not there, and one that answers.
uploads() {
  python3 "$here/Scripts/fake_wandb.py" "$work/wandb.port" 0123456789012345678901234567890123456789 &
  background+=($!)
  waits_for "$work/wandb.port" '[0-9]+' >"$work/port" || return 1
  perf uploads --url "$fast" --duration 3 --parallel 4 --otlp-endpoint http://127.0.0.1:1 \
    --mlflow-tracking-uri http://127.0.0.1:1 --wandb-base-url "http://127.0.0.1:$(cat "$work/port")" \
    --wandb-api-key 0123456789012345678901234567890123456789
}

tls() {
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key.pem" -out "$work/cert.pem" -days 2 -subj /CN=localhost \
    -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' 2>/dev/null
  simulator --tls-cert "$work/cert.pem" --tls-key "$work/key.pem" --ttft 5ms --itl 1ms --output-tokens 16
  perf tls --url "$address" --cacert "$work/cert.pem" -n 200 --parallel 16 --loops 2
}

terminal() {
  python3 - "$binary" "$work" "$fast" <<'P'
import os, pty, sys

binary, work, fast = sys.argv[1:]
command = [binary, "perf", "--model", "m", "--prompt", "Hi", "--url", fast, "--duration", "3", "--parallel", "8", "--live",
           "--name", work + "/terminal", "--no-calibrate"]
with open(work + "/terminal.out", "wb") as log:
    sys.exit(os.waitstatus_to_exitcode(pty.spawn(command, lambda terminal: (log.write(data := os.read(terminal, 65536)), data)[1])))
P
}
reports() {
  perf reports --url "$fast" -n 200 --parallel 8 --output-html "$work/r.html" --output-json "$work/r.json" &&
    perf reports2 --url "$fast" -n 200 --parallel 8 --debug &&
    "$binary" compare "$work/reports.db" "$work/reports2.db" >"$work/compare.out" &&
    "$binary" report "$work/reports.db" --format html -o "$work/again.html"
}

cases=(control closed loops open capped at-once warmup until-goal calibrated watched faults refused interrupted left plugin
  plugin-data tokens wandb-offline uploads tls terminal reports)
[ $# -gt 0 ] || set -- "${cases[@]}"
failed=0
for name; do
  rm -f "$work"/report.*
  began=$SECONDS
  "$name" >"$work/case.out"
  status=$?
  reports=$(cat "$work"/report.* 2>/dev/null | grep -c 'WARNING: ThreadSanitizer')
  outcome=pass
  if [ $status -ne 0 ] || [ "$reports" -gt 0 ]; then outcome=FAIL failed=1; fi
  printf '%-14s %s  %3d s  status %d, %d reports\n' "$name" $outcome $((SECONDS - began)) $status "$reports"
  if [ "$reports" -gt 0 ]; then
    cat "$work"/report.* | grep '^SUMMARY' | sort | uniq -c | sort -rn
    [ -z "${THREADS_REPORTS:-}" ] || cat "$work"/report.* >"$THREADS_REPORTS/$name"
  elif [ $status -ne 0 ]; then
    tail -5 "$work/$name.err" "$work/$name.out" 2>/dev/null
  fi
done
exit $failed
