#!/usr/bin/env bash
# Makes a folder that holds nothing but links to the static libraries of the system. A linker that looks there first
# takes them, so that the release binary asks a machine for no library but those of its C library.
#
#   Scripts/static-libraries.sh FOLDER
set -euo pipefail

folder=$1
compiler=$(command -v gcc || command -v clang)
mkdir -p "$folder"
rm -f "$folder"/lib*.a
for library in ssl crypto sqlite3 yaml stdc++; do
  # What the compiler does not know it repeats without a folder.
  file=$("$compiler" -print-file-name="lib$library.a")
  if [ -e "$file" ]; then
    ln -s "$(realpath "$file")" "$folder/lib$library.a"
  else
    echo "no static lib$library here: the binary will ask for the shared one wherever it runs" >&2
  fi
done
