#!/usr/bin/env bash
# Feeds damaged databases to every report, to compare and to merge, under the address sanitizer.
#
#   Scripts/fuzz-databases.sh [SECONDS]     (default: 600)
#
# LLMUSES names a binary to try instead of building one. What breaks it is kept below /tmp and named.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
if [ -z "${LLMUSES:-}" ]; then
  swift build -c release --sanitize=address --scratch-path "$here/.build-asan" --package-path "$here" --product llmuses
  LLMUSES=$here/.build-asan/release/llmuses
fi
# Where loading fails, the compiler forgets to release a few values on paths with typed throws; that is no fault here.
ASAN_OPTIONS=detect_leaks=0:exitcode=77 python3 "$here/Scripts/fuzz_databases.py" "$(realpath "$LLMUSES")" "${1:-600}"
