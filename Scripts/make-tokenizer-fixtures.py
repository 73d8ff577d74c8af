#!/usr/bin/env python3
"""Makes the small tokenizers and answers that the fast tests use.

  make-tokenizer-fixtures.py features.jsonl Tests/LLMPerfTokenizersTests/Fixtures

Needs the tokenizers, tiktoken and sentencepiece packages. Every third case of features.jsonl is kept; the other
formats get a vocabulary each that is trained on a few lines, and answers from their own reference.
"""
import base64
import importlib.util
import io
import json
import struct
import sys
from pathlib import Path

import sentencepiece
import tiktoken
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

QWEN = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}%s| ?[^\s\p{L}\p{N}]+[\r\n]*"
        r"|\s*[\r\n]+|\s+(?!\S)|\s+")
TEXTS = ["", " ", "the quick brown fox", "The  lazy dog's\r\n\r\n  42 foxes!", "caf\u00e9 e\u0301\u0323 \u00fcber", "\u4eca\u5929\u5929\u6c14\u5f88\u597d\u3002",
         "\U0001f642\U0001f469\u200d\U0001f4bb", "a\u0000b\u200b\ufeffc", "hello <|im_end|> world<s></s>", "(\u2581 \u2581)", "x" * 70, "=" * 50 + "\n",
         "1234567 1,000.5", "we're SHE'S I\u2019d", "\u1112\u1161\u11ab\uae00 \ufb01n \uff21\uff22", "\t\ttabs  and   spaces   ", "[MASK] [CLS] unaffable"]


def jsonl(path, rows):
    path.write_text("".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows), "ascii")


def cases(encode):
    return [{"text": t, "ids": list(encode(t))} for t in TEXTS]


def main():
    features, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    rows, kept = [json.loads(line) for line in features.read_text("utf-8").splitlines()], []
    for number, row in enumerate(rows):
        if "cases" in row:
            row["cases"] = row["cases"][number % 3::3]
        kept.append(row)
    jsonl(out / "features.jsonl", kept)
    models_by_key = {row["model"]: row["json"] for row in rows if "cases" not in row}
    byte_model = next(models_by_key[row["tokenizer"]["model"]] for row in rows if row.get("name") == "post-template")
    merges = [m if isinstance(m, str) else " ".join(m) for m in byte_model["merges"]]

    folder = out / "qwen-files"
    folder.mkdir(exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps(byte_model["vocab"]), "ascii")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n", "utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "Qwen2Tokenizer", "added_tokens_decoder": {
        str(len(byte_model["vocab"]) + i): {"content": c, "special": True} for i, c in enumerate(["<|endoftext|>", "<|im_end|>"])}}), "ascii")
    from tokenizers import AddedToken, Regex
    t = Tokenizer(models.BPE.from_file(str(folder / "vocab.json"), str(folder / "merges.txt")))
    t.normalizer = normalizers.NFC()
    t.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(QWEN % ""), "isolated"),
                                               pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    t.add_special_tokens([AddedToken("<|endoftext|>", normalized=False), AddedToken("<|im_end|>", normalized=False)])
    jsonl(out / "qwen-files.jsonl", cases(lambda s: t.encode(s).ids))

    alphabet = {c: b for b, c in bytes_to_characters().items()}
    ranks = {bytes([b]): b for b in range(256)}
    for merge in merges:
        token = bytes(alphabet[c] for c in merge.replace(" ", ""))
        ranks.setdefault(token, len(ranks))
    (out / "small.tiktoken").write_text("".join(f"{base64.b64encode(k).decode()} {v}\n" for k, v in ranks.items()), "ascii")
    e = tiktoken.Encoding("small", pat_str=QWEN % "{1,3}", mergeable_ranks=ranks, special_tokens={})
    jsonl(out / "small.tiktoken.jsonl", cases(e.encode_ordinary))
    (out / "tekken.json").write_text(json.dumps({
        "config": {"pattern": QWEN % "", "default_vocab_size": len(ranks) + 10, "default_num_special_tokens": 10},
        "vocab": [{"rank": v, "token_bytes": base64.b64encode(k).decode()} for k, v in ranks.items()]}), "ascii")
    e = tiktoken.Encoding("tekken", pat_str=QWEN % "", mergeable_ranks=ranks, special_tokens={})
    jsonl(out / "tekken.json.jsonl", cases(lambda s: [i + 10 for i in e.encode_ordinary(s)]))

    corpus = [w for row in rows if "cases" in row for c in row["cases"][:8] for w in [c["text"]]] * 3
    for kind in ("bpe", "unigram"):
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(corpus), model_writer=model, model_type=kind, vocab_size=900, byte_fallback=True,
            hard_vocab_limit=False, user_defined_symbols=["<mark>", "("], character_coverage=0.98, minloglevel=2)
        (out / f"{kind}.model").write_bytes(model.getvalue())
        m = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
        jsonl(out / f"{kind}.model.jsonl", cases(m.encode))

    pieces = [("<unk>", 0, 2), ("ab", -5, 4), ("abc", -2.95, 1), ("a", -9, 1), ("b", -9, 1), ("c", -3, 1), ("d", -2.5, 1),
              ("abd", -2.3, 1), ("\u4eca", 0, 4), ("\u4ecac", -2.85, 1)]
    model = sentencepiece_model(pieces)
    (out / "user-defined.model").write_bytes(model)
    m = sentencepiece.SentencePieceProcessor(model_proto=model)
    jsonl(out / "user-defined.model.jsonl", [{"text": t, "ids": m.encode(t)} for t in (
        "ab", "abc", "abd", "aab", "abcab", "abdabc", "\u4ecac", "\u4eca\u4eca", "x", "abxc")])

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "quick", "brown", "fox", "##es", "dog", "'", "s", "un", "##aff", "##able",
             "cafe", "e", "uber", "4", "##2", "12", "##3", "lazy", "hello", "world", "!", "\u4eca", "\u5929", "x", "##x", "a", "##b", "tabs", "and"]
    folder = out / "bert"
    folder.mkdir(exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(words) + "\n", "utf-8")
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class":"BertTokenizer","do_lower_case":true}', "ascii")
    t = Tokenizer(models.WordPiece({w: i for i, w in enumerate(words)}, unk_token="[UNK]"))
    t.normalizer, t.pre_tokenizer = normalizers.BertNormalizer(), pre_tokenizers.BertPreTokenizer()
    t.add_special_tokens(words[:5])
    jsonl(out / "bert.jsonl", cases(lambda s: t.encode(s).ids))


def sentencepiece_model(pieces):
    """A Unigram model file of (text, score, type) pieces that changes nothing before it encodes."""
    def field(number, data):
        return bytes([number << 3 | 2, len(data)]) + data
    rows = (field(1, text.encode()) + b"\x15" + struct.pack("<f", score) + bytes([0x18, kind])
            for text, score, kind in pieces)
    return b"".join(field(1, row) for row in rows) + field(2, b"\x18\x01") + field(3, b"\x18\x00\x20\x00\x28\x00")


def bytes_to_characters():
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table = {b: chr(b) for b in plain}
    for b in range(256):
        if b not in table:
            table[b] = chr(256 + len(table) - len(plain))
    return table


if __name__ == "__main__":
    main()
