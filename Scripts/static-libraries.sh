#!/usr/bin/env bash
# Makes a folder of links to the static libraries of the system. A linker that looks there first takes them, so that the
# release binary asks a machine for no library but those of its C library. With them lies a module of Scripts/foundation,
# which a compiler that looks there first takes for FoundationEssentials.
#
#   Scripts/static-libraries.sh FOLDER
set -euo pipefail

folder=$1
compiler=$(command -v gcc || command -v clang)
mkdir -p "$folder"
rm -f "$folder"/lib{ssl,crypto,sqlite3,yaml,stdc++}.a
for library in ssl crypto sqlite3 yaml stdc++; do
  # What the compiler does not know it repeats without a folder.
  file=$("$compiler" -print-file-name="lib$library.a")
  if [ -e "$file" ]; then
    ln -s "$(realpath "$file")" "$folder/lib$library.a"
  else
    echo "no static lib$library here: the binary will ask for the shared one wherever it runs" >&2
  fi
done

# Compiled anew only where it has changed: what imports it would be, too.
sources=("$(dirname "$0")"/foundation/*.swift)
module=$folder/FoundationEssentials.swiftmodule
if [ ! -e "$module" ] || [ -n "$(find "${sources[@]}" -newer "$module")" ]; then
  swiftc -O -wmo -swift-version 6 -parse-as-library -static -emit-library -emit-module -emit-module-path "$module" \
    -module-name FoundationEssentials -module-link-name ArgumentParserFoundation \
    -o "$folder/libArgumentParserFoundation.a" "${sources[@]}"
fi
