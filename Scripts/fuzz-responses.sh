#!/usr/bin/env bash
# Feeds damaged responses to everything that reads responses, under the address sanitizer.
#
#   Scripts/fuzz-responses.sh [SECONDS [SEED]]     (default: 600)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export LLMUSES_BENCHMARKS=1
swift build -c release --sanitize=address --scratch-path "$here/.build-asan" --package-path "$here" --product ResponseFuzz
# Where reading fails, the compiler forgets to release a few values on paths with typed throws; that is no fault here.
ASAN_OPTIONS=detect_leaks=0 "$here/.build-asan/release/ResponseFuzz" "${1:-600}" \
  "$here/Tests/LLMPerfTests/Fixtures/transcripts" ${2:+"$2"}
