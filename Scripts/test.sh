#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh ARGUMENTS…: runs the built tests in a temporary folder of their own.
# Where some fail, the end of the output says which and why, a line a place, so that a log cut short still tells.
set -uo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/tmp"
# All tests at once would each be as slow as all together, and look like listeners and processes that hang.
width=$(($(getconf _NPROCESSORS_ONLN) * 2))
TMPDIR="$folder/tmp" swift test --skip-build --disable-xctest --experimental-maximum-parallelization-width "$width" "$@" 2>&1 | tee "$folder/log"
status=${PIPESTATUS[0]}
if [ "$status" -ne 0 ]; then
    echo "--- what failed, by place"
    sed -nE 's/.* recorded an issue.* at ([A-Za-z]+\.swift:[0-9]+):[0-9]+: /\1: /p' "$folder/log" |
        cut -c1-230 | sort | uniq -c | sort -rn | head -20
fi
exit "$status"
