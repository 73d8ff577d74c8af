#!/usr/bin/env bash
# Feeds damaged responses to everything that reads responses, under the address sanitizer.
#
#   Scripts/fuzz-responses.sh [SECONDS [SEED]]     (default: 600, a seed of the clock)
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/fuzzing.sh"
build ResponseFuzz
"$program" "$seconds" "$seed" "$here/Tests/LLMPerfTests/Fixtures/transcripts"
