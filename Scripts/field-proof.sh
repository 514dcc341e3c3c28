#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# field-proof.sh [DEFECT…]: from the field and back, for each defect: a failing run, its HAR, the imported scenario, which must fail
# for the same reason, and the least of the failing scenario. Without names also: every scenario of an honest run is imported, all
# of them are run, and the honest run is replayed. Takes some twenty minutes; CI does not run it. LEAST=0 leaves the cutting down
# out, HONEST=0 the run of the import against the honest connector.
set -uo pipefail
cd "$(dirname "$0")/.."
assay=${ASSAY:-.build/release/assay}
work=$(mktemp -d)
trap '[ -n "${KEEP:-}" ] || rm -rf "$work"' EXIT
defects=("$@")
[ $# -gt 0 ] || defects=(
    sms-twice-on-retry sms-no-confirmation sms-link-missing sms-lost-after-error refused-sms-retried link-works-once
    link-never-starts cancelled-visit-starts link-outlives-visit link-opens-early patient-must-sign-in
    sms-per-notification writeback-no-connect writeback-no-disconnect writeback-lost-after-error writeback-twice
    repeatability-in-memory name-in-sms patient-name-in-subject launch-without-pkce patient-name-in-log
    teams-licence-ignored cancelled-link-breaks writeback-gives-up gzip-to-third-party
    id-token-unchecked token-audience-unchecked token-expiry-unchecked token-nonce-unchecked sms-dials-invalid
    patient-phone-in-database exception-names-patient resource-in-log-as-hex phone-hash-to-third-party sms-stop-ignored
    sms-link-cut queue-stops-at-refusal rejoin-not-written writeback-wrong-appointment retry-after-ignored
)
same=0
small=0
whole=0
both=0
total=0
for defect in "${defects[@]}"; do
    total=$((total + 1))
    d="$work/$defect"
    mkdir -p "$d"
    # Which scenario, check and reason: as Scenarios/defects.yaml expects them.
    expected=$(awk -v id="$defect" '$0 ~ "- id: "id"$" {found=1} found && /expected:/ {print; exit}' Scenarios/defects.yaml)
    scenario=$(sed -E 's/.*scenario: ([a-z0-9-]+).*/\1/' <<<"$expected")
    check=$(sed -E 's/.*check: ([a-z0-9.-]+).*/\1/' <<<"$expected")
    reason=$(sed -E 's/.*reason: ([a-z-]+).*/\1/' <<<"$expected")
    only=$scenario
    [ "$scenario" = run ] && only=$(awk -v id="$defect" '$0 ~ "- id: "id"$" {f=1} f && /shows-in:/ {gsub(/.*\[|\].*/, ""); print; exit}' Scenarios/defects.yaml)
    "$assay" run --defect "$defect" --only "$only" --out "$d/run" --nonce "proof$total" >"$d/run.log" 2>&1
    rows=$(python3 - "$d/run/results.json" "$check" <<'PY'
import json, sys
results = json.load(open(sys.argv[1]))
checks = [c for s in results["scenarios"] for c in s["checks"]] + results["run-checks"]
print(" ".join(r for c in checks if c["check"] == sys.argv[2] for r in c["requirements"]))
PY
    )
    "$assay" import "$d/run/traffic.har" --out "$d/imported.yaml" >"$d/import.log" 2>&1
    "$assay" run "$d/imported.yaml" --defect "$defect" --out "$d/again" >"$d/again.log" 2>&1
    word=$(python3 - "$d/again/results.json" "$check" "$reason" "$rows" <<'PY'
import json, sys
try:
    results = json.load(open(sys.argv[1]))
except OSError:
    print("not run")
    sys.exit()
check, reason, rows = sys.argv[2], sys.argv[3], set(sys.argv[4].split())
failed = [c for s in results["scenarios"] for c in s["checks"] if c["verdict"] == "fail"]
failed += [c for c in results["run-checks"] if c["verdict"] == "fail"]
alike = [c for c in failed if c["reason"] == reason and (c["check"] == check or rows & set(c["requirements"]))]
if alike:
    print("same:", alike[0]["check"], reason)
else:
    print("other:", ", ".join(c["check"] + " " + c["reason"] for c in failed) or "nothing failed")
PY
    )
    prefix=
    [ "$scenario" = run ] && prefix=run/
    least=
    [ "${LEAST:-1}" = 0 ] || least=$("$assay" minimize "$d/run" --check "$prefix$check" --out "$d/least.yaml" --json 2>"$d/least.log")
    share=$(python3 -c 'import json,sys
v = json.loads(sys.argv[1] or "{}")
if not v:
    print("not reproduced" if sys.argv[2] != "0" else "-")
    sys.exit(2)
# The set-up at the head is the suite'"'"'s own procedures, which no part can do without.
after, before = v["steps-after"], v["steps-before"]
own, ownBefore = after - v["set-up-after"], before - v["set-up-before"]
print("%d of %d (besides set-up %d of %d)" % (after, before, own, ownBefore))
sys.exit((0 if after * 3 <= before else 3) if own * 3 <= ownBefore else 1)' "$least" "${LEAST:-1}")
    is_small=$?
    [ "$is_small" = 0 ] && whole=$((whole + 1))
    [ "$is_small" = 3 ] && is_small=0
    [ "$is_small" = 0 ] && small=$((small + 1))
    # The honest connector must pass what was imported.
    honest=-
    if [ "${HONEST:-1}" != 0 ]; then
        "$assay" run "$d/imported.yaml" --out "$d/honest" >"$d/honest.log" 2>&1
        honest=$?
    fi
    [[ $word == same:* ]] && same=$((same + 1)) && [ "$is_small" = 0 ] && both=$((both + 1))
    echo "$defect: import $word; least $share; honest on the import: exit $honest"
    rm -rf "$d/run/bodies"
done
echo "field-proof: $same of $total fail the same after import, $small of $total are cut to a third or less of their steps besides set-up ($whole also with it), $both both"
[ $# -eq 0 ] || exit 0
"$assay" run --out "$work/all" >"$work/all.log" 2>&1
mkdir "$work/imports"
runnable=0
mapfile -t scenarios < <(python3 -c 'import json, sys
for scenario in json.load(open(sys.argv[1]))["scenarios"]: print(scenario["id"])' "$work/all/results.json")
for scenario in "${scenarios[@]}"; do
    "$assay" import "$work/all" --only "$scenario" --out "$work/imports/import-$scenario.yaml" >"$work/import.log" 2>&1 \
        && runnable=$((runnable + 1)) || echo "$scenario: $(tail -n 3 "$work/import.log")"
done
"$assay" run "$work"/imports/*.yaml --out "$work/imported" >"$work/imported.log" 2>&1
imported=$?
echo "field-proof: $runnable of ${#scenarios[@]} scenarios can be imported and run; the honest connector: $(tail -n 1 "$work/imported.log")"
"$assay" replay "$work/all" >"$work/replay.log" 2>&1
replayed=$?
tail -n 1 "$work/replay.log"
[ "$both" -ge 20 ] && [ "$runnable" -eq "${#scenarios[@]}" ] && [ "$imported" = 0 ] && [ "$replayed" = 0 ]
