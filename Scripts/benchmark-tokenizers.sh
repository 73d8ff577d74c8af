#!/usr/bin/env bash
# Measures MB/s beside tiktoken and the Hugging Face tokenizers, in one run, on English, Chinese and code.
#
#   Scripts/benchmark-tokenizers.sh [NAME ...]
#
# Needs apt-get and dpkg; everything is kept in ignored folders of Benchmarks/Tokenizers.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
package=$here/Benchmarks/Tokenizers
root=${LLMUSES_TOKENIZERS:-${XDG_CACHE_HOME:-$HOME/.cache}/llmuses-tokenizers}
bash "$package/Oracle/fetch.sh" --all > /dev/null
"$here/Scripts/venv.sh" "$package/.venv" tokenizers==0.23.3 tiktoken==0.14.0
[ -f "$package/.venv/texts/code.txt" ] || python3 "$package/corpora.py" "$package/.venv/texts"
swift build -c release --package-path "$package" --product TokenizerBenchmark
"$package/.venv/bin/python" "$package/compare.py" --root "$root" --texts "$package/.venv/texts" \
  --binary "$package/.build/release/TokenizerBenchmark" "$@"
