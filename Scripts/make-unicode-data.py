#!/usr/bin/env python3
"""Turns the reference's probed Unicode tables into the Swift data files of LLMPerfTokenizers.

  make-unicode-data.py unicode-tables.json unicode-properties.json Sources/LLMPerfTokenizers/Unicode/Data

Each file holds one static string: base64 of a byte stream that UnicodeDataReader reads. A number is a LEB128
varint; a set of ranges is its count, then (gap since the previous range's end, length - 1) pairs; a mapping is
its count, then per entry (gap since the previous key, number of scalars, each scalar's zigzag distance from the key).
"""
import base64
import json
import sys
from pathlib import Path


def members(flat):
    return {c for a, b in zip(flat[::2], flat[1::2]) for c in range(a, b + 1)}


def flatten(scalars):
    out = []
    for c in sorted(scalars):
        if out and out[-1] == c - 1:
            out[-1] = c
        else:
            out += [c, c]
    return out


def varint(n, out):
    while n >= 128:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)


def ranges(flat, out):
    varint(len(flat) // 2, out)
    end = 0
    for first, last in zip(flat[::2], flat[1::2]):
        varint(first - end, out)
        varint(last - first, out)
        end = last + 1


def mapping(table, out):
    entries = sorted((int(k, 16), v) for k, v in table.items())
    varint(len(entries), out)
    previous = 0
    for key, value in entries:
        varint(key - previous, out)
        varint(len(value), out)
        for c in map(ord, value):
            d = c - key
            varint(d << 1 if d >= 0 else (-d << 1) - 1, out)
        previous = key


def write(folder, name, comment, data, access="static"):
    text = base64.b64encode(bytes(data)).decode()
    lines = [text[i:i + 114] for i in range(0, len(text), 114)]
    body = "\\\n".join("    " + line for line in lines)
    (folder / f"{name}.swift").write_text(
        f"// Made by Scripts/make-unicode-data.py; see there for the layout.\n\n/// {comment}\nenum {name} {{\n"
        f'  {access} let base64: StaticString = """\n{body}\n    """\n}}\n', "ascii")


def main():
    tables, properties = (json.loads(Path(p).read_text("utf-8")) for p in sys.argv[1:3])
    folder = Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    rx, clean, nmt = tables["regex"], tables["bert_clean_text"], tables["nmt"]
    whitespace = tables["whitespace_pre"]
    rust_word = set(range(0x110000)) - members(whitespace["alone"]) - members(whitespace["removed"])
    rust_word -= set(range(0xD800, 0xE000))
    out = bytearray()
    # The order is that of ScalarClasses' bits.
    for flat in [rx[n] for n in ("Lu", "Ll", "Lt", "Lm", "Lo", "M", "N", "Nd", "P", "S", "Zs", "s", "w")] + [
            tables["digits"], tables["punctuation"], clean["removed"], clean["to_space"], tables["bert_chinese_chars"],
            tables["bert_accents_removed"], tables["strip_accents_removed"], nmt["removed"], nmt["to_space"], flatten(rust_word)]:
        ranges(flat, out)
    write(folder, "ScalarClassData", "The ranges of each scalar class.", out)

    out = bytearray()
    for name in ("nfd", "nfkd_only", "nfc_of_single", "lowercase"):
        mapping(tables[name], out)
    pairs = sorted((ord(k[0]), ord(k[1]), ord(v)) for k, v in tables["compose"])
    varint(len(pairs), out)
    previous = 0
    for first, second, composed in pairs:
        varint(first - previous, out)
        varint(second, out)
        varint(composed, out)
        previous = first
    varint(len(tables["ccc"]), out)
    for combining_class, flat in tables["ccc"].items():
        varint(int(combining_class), out)
        ranges(flat, out)
    write(folder, "ScalarMappingData",
          "Decompositions, compositions, combining classes and lower case.", out)

    out = bytearray()
    for flat in properties["properties"].values():
        ranges(flat, out)
    varint(len(properties["scripts"]), out)
    for flat in properties["scripts"]:
        ranges(flat, out)
    write(folder, "NamedPropertyData",
          "The ranges of named properties, in the order of NamedProperties.names, and the script classes.", out)
    print(list(properties["properties"]))


if __name__ == "__main__":
    main()
