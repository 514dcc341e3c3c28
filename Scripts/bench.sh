#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bench.sh: measures the release build; figures are of this machine, now.
set -euo pipefail
cd "$(dirname "$0")/.."
assay=.build/release/assay

echo "start-up: assay --version, 20 runs"
start=$(date +%s%N)
for _ in $(seq 20); do "$assay" --version >/dev/null; done
end=$(date +%s%N)
echo "  $(((end - start) / 20000)) µs a run"

echo "the suite against the reference connector"
swift build -c release --product reference-connector 2>&1 | tail -1
out=$(mktemp -d)
/usr/bin/env time -f '  %e s wall, %U s user, %S s system, %M KiB peak' "$assay" run --out "$out/run" | tail -1
rm -rf "$out"
