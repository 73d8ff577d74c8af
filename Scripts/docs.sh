#!/usr/bin/env bash
# Writes the library's documentation as static pages below docs/site.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for target in LLMPerf LLMPerfTokenizers; do
  swift build --target "$target" -Xswiftc -emit-symbol-graph -Xswiftc -emit-symbol-graph-dir -Xswiftc "$folder"
  catalog=Sources/$target/Documentation.docc
  [ -d "$catalog" ] || catalog=
  docc convert $catalog --fallback-display-name "$target" --fallback-bundle-identifier "llmuses.$target" \
    --additional-symbol-graph-dir "$folder" --output-path "docs/site/$target"
done
