#!/bin/sh
# The vendors' own client libraries must accept what the simulator sends. Installs them into a virtual environment
# (SDK_VENV, by default .build/sdk-venv), starts the simulator and calls it through each of them.
#
#   Scripts/test-sdk.sh [PROGRAM]      PROGRAM simulates with `PROGRAM simulate …`; default .build/release/llmuses
set -eu
cd "$(dirname "$0")/.."
program=${1:-.build/release/llmuses}
venv=${SDK_VENV:-.build/sdk-venv}

if [ ! -x "$program" ]; then
  echo "test-sdk: $program does not exist; build it first (make build)" >&2
  exit 2
fi
Scripts/venv.sh "$venv" openai anthropic dashscope zhipuai sniffio

output=$(mktemp)
hold=$(mktemp -u)
mkfifo "$hold"
# The simulator ends with its standard input, so that it cannot outlive this script.
"$program" simulate --port 0 --parent-watch --ttft 5ms --itl 1ms --output-tokens 12 --reasoning-share 0.25 \
  <"$hold" >"$output" &
simulator=$!
exec 9>"$hold"
trap 'exec 9>&-; wait $simulator 2>/dev/null || true; rm -f "$output" "$hold"' EXIT

tries=0
until grep -q '^listening on ' "$output"; do
  tries=$((tries + 1))
  if [ $tries -gt 100 ] || ! kill -0 $simulator 2>/dev/null; then
    echo "test-sdk: the simulator did not start" >&2
    exit 1
  fi
  sleep 0.1
done
url=$(sed -n 's/^listening on //p' "$output")

"$venv/bin/python" Scripts/test_sdk.py "$url"
