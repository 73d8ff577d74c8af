#!/usr/bin/env bash
# Holds the release binary against what its users' machines have: its size, and the shared libraries that it asks for.
#
#   Scripts/check-binary.sh BINARY [BYTES]
set -euo pipefail

binary=$1
most=${2:-27000000}

size=$(stat -L -c %s "$binary")
echo "size: $size bytes, at most $most"
[ "$size" -le "$most" ] || { echo "the binary is too large" >&2; exit 1; }

# glibc's own and libgcc's, which every system with glibc has.
allowed='^(libc\.so\.6|libm\.so\.6|libpthread\.so\.0|libdl\.so\.2|librt\.so\.1|ld-linux-[a-z0-9-]+\.so\.[0-9]|libgcc_s\.so\.1)$'
needed=$(readelf -d "$binary" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
echo "libraries:" $needed
if foreign=$(grep -vE "$allowed" <<<"$needed"); then
  echo "libraries that not every system has:" $foreign >&2
  exit 1
fi

if readelf -d "$binary" | grep -qE '\((RPATH|RUNPATH)\)'; then
  echo "the binary looks for libraries at a place of its own" >&2
  exit 1
fi
echo "glibc: $(objdump -T "$binary" | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -1 | tr _ ' ') or later"
