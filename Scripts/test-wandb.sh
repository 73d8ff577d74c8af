#!/bin/sh
# Logs a run to a stand-in for Weights & Biases, cleanly and through faults, and lets the genuine `wandb sync` upload an
# offline run; then compares what arrived with the records, row by row.
#
#   Scripts/test-wandb.sh [STAND_IN ARGUMENTS...]
#
# STAND_IN is a program that takes --port-file and --api-key; by default the one in this folder. The genuine client
# is kept in WANDB_VENV (.build/wandb-venv).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
venv=${WANDB_VENV:-$root/.build/wandb-venv}
key=0123456789abcdef0123456789abcdef01234567
work=$(mktemp -d)
"$root/Scripts/deps.sh" curl=/usr/bin/curl
"$root/Scripts/venv.sh" "$venv" wandb

if [ $# -gt 0 ]; then
  "$@" --port-file "$work/port" --api-key $key >"$work/server.log" 2>&1 &
else
  python3 "$here/fake_wandb.py" "$work/port" $key >"$work/server.log" 2>&1 &
fi
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 100); do [ -s "$work/port" ] && break; sleep 0.1; done
base="http://127.0.0.1:$(cat "$work/port")"

play() { # folder
  mkdir -p "$1"
  (cd "$root" && LLMUSES_TEST_WANDB_URL="$base" LLMUSES_TEST_OUTPUT="$1" \
    swift test ${SWIFT_TEST_FLAGS:-} --filter WandBServiceTests >"$1/test.log" 2>&1) || { tail -30 "$1/test.log"; exit 1; }
}
upload() { # folders
  env -i PATH="$PATH" HOME="$work" WANDB_BASE_URL="$base" WANDB_API_KEY=$key WANDB_ERROR_REPORTING=false \
    WANDB_DIR="$work" "$venv/bin/wandb" sync "$@" >"$work/sync.log" 2>&1 || { cat "$work/sync.log"; exit 1; }
}
fault() { curl -fsS -d "$1" "$base/__fault" >/dev/null; }

play "$work/clean"
python3 "$here/verify_wandb.py" "$base" "$work/clean/records.csv" "shown online"

# The offline run, by the genuine client.
upload "$work"/clean/wandb/offline-run-*
python3 "$here/verify_wandb.py" "$base" "$work/clean/records.csv" "shown offline"

curl -fsS -d '{}' "$base/__reset" >/dev/null
fault '{"target": "graphql", "operation": "UpsertBucket", "status": 500}'
fault '{"target": "file_stream", "status": 503, "apply": true}'
fault '{"target": "file_stream", "status": 429, "headers": {"Retry-After": "1"}}'
fault '{"target": "file_stream", "drop": true}'
fault '{"target": "file_stream", "drop": true, "apply": true}'
fault '{"target": "file_stream", "delay": 2.0, "apply": true}'
fault '{"target": "storage", "status": 500}'
play "$work/faults"
python3 "$here/verify_wandb.py" "$base" "$work/faults/records.csv" "shown online"

# Refused half-way, when rows have arrived: the folder that is left holds the whole run, as a run of its own.
curl -fsS -d '{}' "$base/__reset" >/dev/null
fault '{"target": "file_stream", "status": 404, "skip": 1}'
play "$work/refused"
curl -fsS "$base/__received" | python3 -c 'import json, sys
rows = [len(r["history"]) for r in json.load(sys.stdin)["runs"].values()]
sys.exit(None if len(rows) == 1 and 0 < rows[0] < 2000 else "rows that had arrived: %s" % rows)'
upload "$work"/refused/wandb/offline-run-*
python3 "$here/verify_wandb.py" "$base" "$work/refused/records.csv" "shown online"

if grep -rq "$key" "$work/clean" "$work/faults" "$work/refused"; then
  echo "the key was written to a file"
  exit 1
fi
echo "wandb: all as recorded"
