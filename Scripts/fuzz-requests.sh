#!/usr/bin/env bash
# Sends mutated requests to the parser and the ports of the dashboard, the metrics and the simulator, under the address sanitizer.
#
#   Scripts/fuzz-requests.sh [SECONDS [SEED]]     (default: 600, a seed of the clock)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# The fuzzers are targets of the package only where they are asked for, and look into its internals.
export LLMUSES_FUZZ=1
swift build -c release -Xswiftc -enable-testing --sanitize=address --package-path "$here" --scratch-path "$here/.build-fuzz" \
  --product RequestFuzz
# Where parsing fails, the compiler forgets to release a few values on paths with typed throws; that is no fault here.
ASAN_OPTIONS=detect_leaks=0 "$here/.build-fuzz/release/RequestFuzz" "${1:-600}" "${@:2}"
