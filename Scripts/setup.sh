#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# setup.sh PACKAGE…: installs the Debian packages that are missing; with sudo where not root.
set -euo pipefail

missing=()
for package in "$@"; do
    if ! dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed'; then
        missing+=("$package")
    fi
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
    echo "make setup: these packages are missing and there is no apt-get here: ${missing[*]}" >&2
    echo "  Install them (or your system's equivalents) and try again." >&2
    exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
    as_root=()
elif command -v sudo >/dev/null; then
    as_root=(sudo)
else
    echo "make setup: these packages are missing: ${missing[*]}" >&2
    echo "  Ask an administrator to run: apt-get install ${missing[*]}" >&2
    exit 1
fi
echo "Installing ${missing[*]}"
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
