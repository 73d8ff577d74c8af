#!/usr/bin/env bash
# Sends mutated answers of services that runs are exported to, to the clients that read them, under the address sanitizer.
#
#   Scripts/fuzz-exporters.sh [SECONDS [SEED]]     (default: 600, a seed of the clock)
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/fuzzing.sh"
build ExporterFuzz
"$program" "$seconds" "$seed"
