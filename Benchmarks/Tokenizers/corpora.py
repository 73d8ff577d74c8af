#!/usr/bin/env python3
"""Makes english.txt, chinese.txt and code.txt to measure on, from Debian's documentation and Python's own library.

  corpora.py FOLDER [--size MEGABYTES]     (uses apt-get download and dpkg)
"""
import argparse
import gzip
import html
import re
import subprocess
import sysconfig
from pathlib import Path

PACKAGES = ["manpages-zh", "debian-reference-zh-cn", "debian-reference-en", "manpages", "manpages-dev"]


def plain(path):
    if path.suffix == ".html":
        text = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", "", path.read_text("utf-8", "replace"))
        return html.unescape(text)
    text = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
    lines = [re.sub(r"\\f.|\\&|\\", "", line) for line in text.split("\n") if not line.startswith((".", "'"))]
    return "\n".join(lines)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("folder")
    options.add_argument("--size", type=float, default=6)
    o = options.parse_args()
    folder, limit = Path(o.folder), int(o.size * 1e6)
    folder.mkdir(parents=True, exist_ok=True)
    tree = folder / "packages"
    if not tree.exists():
        subprocess.run(["apt-get", "download", "-qq", *PACKAGES], check=True, cwd=folder)
        for package in folder.glob("*.deb"):
            subprocess.run(["dpkg", "-x", str(package), str(tree)], check=True)
    share = tree / "usr/share"
    pages = sorted(share.rglob("*.gz")) + sorted(share.rglob("*.html"))
    chinese, english = [], []
    for page in pages:
        if not page.is_file():
            continue
        text = plain(page)
        if "zh" in str(page.relative_to(share)):
            # Only lines that are Chinese for the most part.
            chinese += [line for line in text.split("\n") if 2 * len(re.findall("[\u3000-\u9fff\uff00-\uffef]", line)) > len(line)]
        else:
            english.append(text)
    code = [p.read_text("utf-8", "replace") for p in sorted(Path(sysconfig.get_path("stdlib")).rglob("*.py"))
            if "-packages" not in str(p)]
    for name, text in (("english", "\n".join(english)), ("chinese", "\n".join(chinese)), ("code", "\n".join(code))):
        data = text.encode("utf-8", "replace")
        while len(data) < limit / 2:
            data += data
        (folder / f"{name}.txt").write_bytes(data[:limit].decode("utf-8", "ignore").encode())
        print(name, min(len(data), limit))


if __name__ == "__main__":
    main()
