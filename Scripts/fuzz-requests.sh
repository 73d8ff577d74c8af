#!/usr/bin/env bash
# Sends mutated requests to the parser and the ports of the dashboard, the metrics and the simulator, under the address sanitizer.
#
#   Scripts/fuzz-requests.sh [SECONDS [SEED]]     (default: 600, a seed of the clock)
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/fuzzing.sh"
build RequestFuzz
"$program" "$seconds" "$seed"
