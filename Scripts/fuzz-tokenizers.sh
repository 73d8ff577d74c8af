#!/usr/bin/env bash
# Feeds random and mutated texts and files to every tokenizer under the address sanitizer.
#
#   Scripts/fuzz-tokenizers.sh [SECONDS]     (default: 600)
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
package=$here/Benchmarks/Tokenizers
root=${LLMUSES_TOKENIZERS:-${XDG_CACHE_HOME:-$HOME/.cache}/llmuses-tokenizers}
swift build -c release --sanitize=address --scratch-path "$package/.build-asan" --package-path "$package" \
  --product TokenizerFuzz
# Where loading fails, the compiler forgets to release a few values on paths with typed throws; that is no fault here.
ASAN_OPTIONS=detect_leaks=0 "$package/.build-asan/release/TokenizerFuzz" "${1:-600}" "$here/Tests/LLMPerfTokenizersTests/Fixtures" "$root"
