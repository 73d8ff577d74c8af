#!/usr/bin/env python3
"""Asks the reference library which characters its named regular-expression properties and its
UnicodeScripts pre-tokenizer mean.

  probe-unicode-properties.py --out unicode-properties.json     (needs the tokenizers package)

Complements the tables that make-unicode-data.py reads: those hold the classes that every tokenizer needs,
this one the properties that only patterns of some files name. Ranges are flat first,last lists.
"""
import argparse
import json

import tokenizers
from tokenizers import Regex
from tokenizers import pre_tokenizers as P

CPS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
NAMES = """Cc Cf Co Mn Mc Me Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zl Zp
Arabic Armenian Bengali Bopomofo Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han Hangul Hebrew
Hiragana Kannada Katakana Khmer Lao Latin Malayalam Mongolian Myanmar Sinhala Tamil Telugu Thai Tibetan
Common Inherited
Cn Alphabetic Uppercase Lowercase Math Ideographic ID_Start ID_Continue
Emoji Emoji_Presentation Emoji_Modifier Emoji_Component Extended_Pictographic
Balinese Braille Canadian_Aboriginal Cherokee Coptic Gothic Javanese Nko Ogham Oriya Runic Syriac Thaana Tifinagh
Yi""".split()


def flat(cs):
    out = []
    for c in cs:
        if out and (out[-1] == c - 1 or (out[-1] == 0xD7FF and c == 0xE000)):
            out[-1] = c
        else:
            out += [c, c]
    return out


def by_regex(pattern):
    split, found = P.Split(Regex(pattern), "removed"), []
    for i in range(0, len(CPS), 20000):
        chunk, kept = CPS[i:i + 20000], set()
        for _, (a, b) in split.pre_tokenize_str("".join(map(chr, chunk))):
            kept.update(range(a, b))
        found += [c for k, c in enumerate(chunk) if k not in kept]
    return found


def scripts():
    """Classes of characters between which UnicodeScripts does not cut; class 0 never causes a cut."""
    pre = P.UnicodeScripts()
    cut = lambda a, b: len(pre.pre_tokenize_str(chr(a) + chr(b))) > 1
    latin, han = ord("a"), 0x4E2D
    representatives, classes, last = [latin, han], {}, None
    for c in CPS:
        if not cut(latin, c) and not cut(han, c):
            continue
        if last is None or cut(representatives[last], c):
            last = next((k for k, r in enumerate(representatives) if not cut(r, c)), None)
            if last is None:
                last = len(representatives)
                representatives.append(c)
        classes.setdefault(last, []).append(c)
    return [flat(v) for _, v in sorted(classes.items())]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--out", required=True)
    out = options.parse_args().out
    table = {"asked": f"tokenizers {tokenizers.__version__}",
             "properties": {n: flat(by_regex(r"\p{%s}" % n)) for n in NAMES},
             "scripts": scripts()}
    with open(out, "w", encoding="ascii", newline="\n") as f:
        json.dump(table, f, separators=(",", ":"))
        f.write("\n")
    print(len(table["scripts"]), "script classes")


if __name__ == "__main__":
    main()
