#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# build.sh ARGUMENTS…: swift ARGUMENTS with a line of progress instead of silence or a flood; the whole log on failure.
# A release build carries Swift's runtime in itself: a tenth faster, and it runs where no Swift is installed.
set -uo pipefail
[[ " $* " == *" -c release "* ]] && set -- "$@" --static-swift-stdlib

command -v swift >/dev/null || {
    echo "make: the Swift toolchain (6.3 or later) is not on the PATH; see https://swift.org/install" >&2
    exit 1
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
started=$SECONDS
if [ -t 1 ]; then
    swift "$@" 2>&1 | tee "$log" | awk '/^\[[0-9]+\/[0-9]+\]/ {printf "\r\033[K%s", substr($0, 1, 100); fflush()}'
    status=${PIPESTATUS[0]}
    printf '\r\033[K'
else
    echo "Building (the first build compiles the dependencies: some minutes)"
    swift "$@" >"$log" 2>&1
    status=$?
fi
if [ "$status" -ne 0 ]; then
    grep -E 'error:|fatal' "$log" | sort -u | head -40 >&2
    echo "--- the end of the build's log" >&2
    tail -40 "$log" >&2
    exit "$status"
fi
echo "Built in $((SECONDS - started)) s"
