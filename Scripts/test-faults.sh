#!/usr/bin/env bash
# Faults of services, files, machines and users against the tool: what each must not cost. A table at the end says which pass.
#
#   Scripts/test-faults.sh [--quick] [--jobs N] [CASE…]     (default: all cases; --list prints them)
#   FAULTS_BINARY=FILE                                      what to test (default: the release build)
#
# Needs python3; some cases need root, a C compiler or openssl, and are skipped with a word where those are missing.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
binary=${FAULTS_BINARY:-$here/.build/release/llmuses}
[ -x "$binary" ] || { echo "$binary is not there; 'make' builds it" >&2; exit 1; }
exec python3 -B "$here/Scripts/faults/run.py" "$binary" "$@"
