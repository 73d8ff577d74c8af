#!/usr/bin/env bash
# Installs what the build and the tests need from Debian or Ubuntu, if it is missing.
#
#   Scripts/deps.sh [PACKAGE=FILE ...]     further packages, each with a file that it brings
set -euo pipefail

declare -A needed=(
  [libssl-dev]=/usr/include/openssl/ssl.h
  [libsqlite3-dev]=/usr/include/sqlite3.h
  [libyaml-dev]=/usr/include/yaml.h
  [openssl]=/usr/bin/openssl
  [python3]=/usr/bin/python3
  [binutils]=/usr/bin/readelf
)
for argument in "$@"; do needed[${argument%%=*}]=${argument#*=}; done

missing=()
for package in "${!needed[@]}"; do
  [ -e "${needed[$package]}" ] || command -v "$package" >/dev/null 2>&1 || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "missing: ${missing[*]}; install what your system calls them" >&2
  exit 1
fi
sudo=
[ "$(id -u)" -eq 0 ] || sudo=sudo
$sudo apt-get update -qq
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}"
