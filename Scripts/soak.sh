#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# soak.sh: generated input for the readers of YAML, scenarios, deployment files, patterns and FHIRPath, one process a kind.
# SECONDS_EACH (120) for each of the five kinds, SEED (the time of day). Fails on a crash, a hang, an input that takes
# more than 20 s of processor time, or more than 512 MiB; the input under way is kept.
set -uo pipefail
cd "$(dirname "$0")/.."
export ASSAY_FUZZ_SECONDS=${SECONDS_EACH:-120}
export ASSAY_FUZZ_SEED=${SEED:-$(date +%s)}
kept=$(mktemp -d)
failed=0
echo "soak: seed $ASSAY_FUZZ_SEED, $ASSAY_FUZZ_SECONDS s for each kind of input"
for kind in YAML scenario deployment pattern FHIRPath; do
    export ASSAY_FUZZ_LOG=$kept/$kind
    if timeout -k 5 $((ASSAY_FUZZ_SECONDS + 300)) \
        swift test --skip-build --disable-xctest --filter "InputFuzzTests.*any $kind" >"$kept/$kind.log" 2>&1 \
        && grep -q '^fuzz ' "$kept/$kind.log"; then
        grep '^fuzz ' "$kept/$kind.log"
    else
        failed=1
        echo "soak: $kind failed; the input under way is in $ASSAY_FUZZ_LOG" >&2
        tail -20 "$kept/$kind.log" >&2
    fi
done
[ $failed = 0 ] && rm -rf "$kept"
exit $failed
