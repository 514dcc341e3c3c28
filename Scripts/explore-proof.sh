#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# explore-proof.sh [DEFECT:VENDOR…]: what `assay explore` is worth. Each defect shows itself only when things come doubled, in
# another order, or around a restart; the search has MINUTES (5) for each, and what it saves must fail with the defect and pass
# without it. Then WALKS (2000) walks of each vendor must find nothing in the
# honest connector. WALKS=0 leaves these out. Takes an hour on two quiet cores; CI does not run it.
set -uo pipefail
cd "$(dirname "$0")/.."
assay=${ASSAY:-.build/release/assay}
walks=${WALKS:-2000}
minutes=${MINUTES:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
defects=("$@")
[ $# -gt 0 ] || defects=(
    sms-twice-on-retry:cerner repeatability-in-memory:cerner sms-per-notification:cerner cancelled-visit-starts:cerner
    link-works-once:cerner second-meeting-per-launch:cerner licence-asked-once:cerner refused-sms-retried:cerner
    writeback-lost-at-restart:epic writeback-repeated-at-restart:epic writeback-lost-after-error:epic writeback-twice:epic
    rejoin-not-written:epic notifications-unchecked:epic
)
tell() { # tell FILE: the first failure that was found, and how much was walked through
    python3 - "$1" <<'PY'
import json, sys
try:
    told = json.load(open(sys.argv[1]))
except (OSError, ValueError):
    print("no result")
    sys.exit(1)
found = told["found"]
steps = "not shrunk" if not found or found[0]["steps"] is None else "%d steps" % found[0]["steps"]
print("%d walks, %s s: %s" % (told["runs"], told["seconds"],
      "%s (%s) in walk %d, %s" % (found[0]["failure"], found[0]["reason"], found[0]["walk"], steps) if found else "nothing"))
sys.exit(0 if found else 1)
PY
}
shown=0
kept=0
for entry in "${defects[@]}"; do
    defect=${entry%%:*} vendor=${entry##*:}
    "$assay" explore --defect "$defect" --vendor "$vendor" --first --time "${minutes}m" --seed "${SEED:-1}" \
        --out "$work/$defect" >"$work/$defect.log" 2>&1
    word=$(tell "$work/$defect/explore.json") && shown=$((shown + 1))
    least=("$work/$defect"/found-*.yaml)
    if [ -e "${least[0]}" ]; then
        "$assay" run "${least[0]}" --defect "$defect" --out "$work/$defect-again" >"$work/$defect-again.log" 2>&1
        again=$?
        "$assay" run "${least[0]}" --out "$work/$defect-honest" >"$work/$defect-honest.log" 2>&1
        honest=$?
        [ "$again" = 1 ] && [ "$honest" = 0 ] && kept=$((kept + 1))
        word+="; what was saved: exit $again, without the defect $honest"
    fi
    echo "$defect: $word"
done
echo "explore-proof: $shown of ${#defects[@]} defects were found within $minutes minutes each; $kept saved scenarios fail with the defect and pass without"
wrong=0
for vendor in cerner epic; do
    [ "$walks" -gt 0 ] || break
    "$assay" explore --vendor "$vendor" --runs "$walks" --seed "${SEED:-1}" --out "$work/honest-$vendor" >"$work/$vendor.log" 2>&1 \
        || { wrong=$((wrong + 1)); tail -n 20 "$work/$vendor.log"; }
    echo "honest, $vendor: $(tell "$work/honest-$vendor/explore.json")"
done
[ "$wrong" -eq 0 ] && [ "$kept" -eq "$shown" ] && { [ "$shown" -ge 10 ] || [ $# -gt 0 ]; }
