#!/usr/bin/env bash
# Reads responses of hostile form at sizes that double: time must grow with the size, and not with its square.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export LLMUSES_BENCHMARKS=1
swift build -c release --scratch-path "$here/.build-benchmarks" --package-path "$here" --product ResponseScaling
"$here/.build-benchmarks/release/ResponseScaling"
