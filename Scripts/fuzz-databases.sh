#!/usr/bin/env bash
# Feeds damaged databases to every report, to compare and to merge, under the address sanitizer.
#
#   Scripts/fuzz-databases.sh [SECONDS [SEED]]     (default: 600, a seed of the clock)
#
# LLMUSES names a binary to try instead of building one.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/fuzzing.sh"
if [ -n "${LLMUSES:-}" ]; then program=$(realpath "$LLMUSES"); else build llmuses; fi
python3 "$here/Scripts/fuzz_databases.py" "$program" "$seconds" "$seed"
