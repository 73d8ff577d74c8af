#!/usr/bin/env bash
# Holds the release binary against what its users' machines have: its size, and the shared libraries that it asks for.
#
#   Scripts/check-binary.sh BINARY [BYTES]
set -euo pipefail

binary=$1
most=${2:-18500000}

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

# What glibc has had for long counts as new where it moved into libc or got a new name inside: threads and semaphores, dlopen
# and its like (2.34), stat (2.33). New calls are the runtimes' alone: Swift's Glibc module has hypotf, libstdc++'s
# random_device arc4random, and both ask __libc_single_threaded.
known='^(pthread_[a-z_]+|sem_[a-z]+|dl[a-z]+|[fl]?stat(64)?|__libc_start_main|__libc_single_threaded|hypotf|arc4random)$'
newer=$(objdump -T "$binary" | sed -nE 's/.*\(?GLIBC_2\.(3[2-9]|[4-9][0-9]|[1-9][0-9][0-9])\)? +//p' | sort -u)
if calls=$(grep -vE "$known" <<<"$newer"); then
  echo "calls that glibc 2.31 does not have:" $calls >&2
  exit 1
fi
echo "glibc: $(objdump -T "$binary" | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -1 | tr _ ' ') or later"
