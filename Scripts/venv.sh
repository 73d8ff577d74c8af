#!/usr/bin/env bash
# Makes a virtual environment of Python with packages from PyPI, unless it is there.
#
#   Scripts/venv.sh FOLDER PACKAGE ...
set -euo pipefail
folder=$1
shift
[ "$(cat "$folder/.packages" 2>/dev/null)" = "$*" ] && exit 0
library=$(python3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')
"$(dirname "${BASH_SOURCE[0]}")/deps.sh" python3-venv="$library/ensurepip"
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check "$@"
echo "$*" >"$folder/.packages"
