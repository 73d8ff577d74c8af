#!/usr/bin/env bash
# A load test of the built-in simulator: 200 requests, 16 at a time.
set -euo pipefail
binary=$(realpath "$1")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cat >"$folder/prompts.txt" <<'TEXT'
What is the capital of France?
Write a haiku about latency.
Explain back-pressure to a child.
How many legs has a spider?
Name three uses of a paper clip.
Translate "good morning" into Chinese.
What does a load balancer do?
Why is the sky blue?
TEXT

command=("$binary" perf --model demo --url 'sim:?ttft=lognormal:80ms,0.3&itl=gamma:8ms,8&output-tokens=uniform:32,96'
  --dataset-path "$folder/prompts.txt" --number 200 --parallel 16 --seed 1 --name "$folder/demo"
  --output-html "$folder/demo.html" --log-every-n-query 50)
echo "\$ llmuses ${command[*]:1}" | sed "s#$folder/##g"
"${command[@]}"
echo
echo "\$ llmuses report demo.db --format csv | head -3"
"$binary" report "$folder/demo.db" --format csv | head -3
