#!/usr/bin/env bash
# Faults of services, files, machines and users against the tool: what each must not cost. A table at the end says which pass.
#
#   Scripts/test-faults.sh [--quick] [--jobs N] [CASE…]     (default: all cases; --list prints them)
#   FAULTS_BINARY=FILE                                      what to test (default: the release build)
#
# Needs python3; some cases need root, a C compiler or openssl, and are skipped with a word where those are missing.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
exec python3 "$here/Scripts/faults/run.py" "${FAULTS_BINARY:-$here/.build/release/llmuses}" "$@"
