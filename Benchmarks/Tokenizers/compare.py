#!/usr/bin/env python3
"""Compares this library's speed with tiktoken and the Hugging Face tokenizers, in one run.

  compare.py --root ROOT --binary .build/release/TokenizerBenchmark --texts FOLDER [--rounds N] [NAME ...]

FOLDER holds english.txt, chinese.txt and code.txt, which are cut into documents of 2 KB (code: 8 KB). Needs the
tokenizers and tiktoken packages. One thread, processor time, the best of N rounds; each reference is measured right
before and after ours, so that both see the same machine. The numbers of tokens are compared as well.
"""
import argparse
import base64
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

PATTERN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s| ?[^\s\p{L}\p{N}]+[\r\n]*"
           r"|\s*[\r\n]+|\s+(?!\S)|\s+")
TIKTOKEN = {"qwen-tiktoken": ("qwen.tiktoken", PATTERN % ""), "qwen1.5": ("../qwen-tiktoken/qwen.tiktoken", PATTERN % ""),
            "llama3-tiktoken": ("tokenizer.model", PATTERN % "{1,3}")}


def documents(path, size):
    data, out, position = path.read_bytes(), [], 0
    while position < len(data):
        end = min(position + size, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end += 1
        out.append(data[position:end].decode("utf-8"))
        position = end
    return out


def best_of(rounds, run):
    best, tokens = float("inf"), 0
    for _ in range(rounds):
        start = time.thread_time()
        tokens = run()
        best = min(best, time.thread_time() - start)
    return best, tokens


def references(folder, name):
    if name in TIKTOKEN:
        import tiktoken
        file, pattern = TIKTOKEN[name]
        ranks = {}
        for line in (folder / file).read_bytes().splitlines():
            token, rank = line.split()
            ranks[base64.b64decode(token)] = int(rank)
        encoding = tiktoken.Encoding(name, pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
        yield "tiktoken", lambda texts: sum(len(encoding.encode_ordinary(t)) for t in texts)
    if (folder / "tokenizer.json").exists():
        from tokenizers import Tokenizer
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        yield "tokenizers", lambda texts: sum(len(tokenizer.encode(t, add_special_tokens=False).ids) for t in texts)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--root", required=True)
    options.add_argument("--binary", required=True)
    options.add_argument("--texts", required=True)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("names", nargs="*")
    o = options.parse_args()
    names = o.names or ["qwen1.5", "llama3-tiktoken", "deepseek-v3", "minimax", "mistral-v1", "mistral-v3",
                        "e5-multilingual", "minilm"]
    for kind, size in (("english", 2048), ("chinese", 2048), ("code", 8192)):
        texts = documents(Path(o.texts) / f"{kind}.txt", size)
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as lines:
            lines.writelines(json.dumps(t) + "\n" for t in texts)
            lines.flush()
            for name in names:
                folder = Path(o.root) / name
                measure = lambda: json.loads(subprocess.run(
                    [o.binary, str(folder), lines.name, str(o.rounds)], check=True, capture_output=True, text=True).stdout)
                for reference, run in references(folder, name):
                    ours = measure()
                    seconds, tokens = best_of(o.rounds if reference == "tiktoken" else 1, lambda: run(texts))
                    again = measure()
                    count = min(ours["count"], again["count"])
                    mb = ours["bytes"] / 1e6
                    print(f"{name:16} {kind:8} ours {mb / count:6.1f} MB/s  {reference:10} {mb / seconds:5.1f} MB/s  "
                          f"ratio {seconds / count:5.1f}  encode ratio {seconds / min(ours['encode'], again['encode']):5.1f}  "
                          f"load {ours['load']:.2f} s  tokens {'equal' if tokens == ours['tokens'] else (tokens, ours['tokens'])}",
                          flush=True)


if __name__ == "__main__":
    main()
