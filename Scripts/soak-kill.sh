#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# soak-kill.sh: `kill -9` of the harness at KILLS (50) random moments of a run. Each time: what was recorded is judged again,
# a record without its footer is never conformant, no report says otherwise, and no process is left. ONLY names the scenarios
# of the runs (default: a handful), SEED (1) fixes the moments. Out goes to runs/soak-kill/; folders stay where something is wrong.
set -uo pipefail
cd "$(dirname "$0")/.."
assay=$(realpath "${ASSAY:-.build/debug/assay}")
kills=${KILLS:-50}
out=$(realpath -m "${OUT:-runs/soak-kill}")
read -r -a only <<<"${ONLY:-cerner-sms-join cerner-sms-reminder cerner-provider-launch epic-base-url-mistakes cerner-portal-sign-in}"
RANDOM=${SEED:-1}
mkdir -p "$out"
wrong=0 cut=0 whole=0 nothing=0

say() { # say NUMBER TEXT: something is not as it should be
    wrong=$((wrong + 1))
    echo "soak-kill: $1: $2"
}

left() { # left FOLDER: processes whose command line names the folder
    pgrep -f -- "$1"
}

start=$(date +%s%N)
"$assay" run --out "$out/first-$$" --only "${only[@]}" >"$out/first.log" 2>&1 || say first "$(tail -n 1 "$out/first.log")"
span=$((($(date +%s%N) - start) / 1000000))
rm -rf "$out/first-$$"
echo "soak-kill: a whole run takes $span ms; $kills kills"
for number in $(seq 1 "$kills"); do
    folder=$out/$number-$$
    before=$wrong
    "$assay" run --out "$folder" --only "${only[@]}" --seed "$number" >"$folder.log" 2>&1 &
    harness=$!
    moment=$((RANDOM * span / 32768))
    sleep "$((moment / 1000)).$(printf %03d $((moment % 1000)))"
    kill -9 "$harness" 2>/dev/null
    wait "$harness" 2>/dev/null
    for _ in $(seq 1 600); do
        [ -z "$(left "$folder")" ] && break
        sleep 0.1
    done
    [ -z "$(left "$folder")" ] || say "$number" "processes are left: $(left "$folder" | tr '\n' ' ')"
    if [ ! -s "$folder/trace.ndjson" ]; then
        nothing=$((nothing + 1)) # killed before there was anything to record
        [ ! -e "$folder/results.json" ] || say "$number" "results without a record"
    else
        word=$("$assay" judge "$folder" 2>"$folder.err" | tail -n 1)
        if tail -n 1 "$folder/trace.ndjson" | grep -q '"type":"footer"'; then
            whole=$((whole + 1)) # the run itself was over: reports were being written
        else
            cut=$((cut + 1))
            case $word in
            "verdict: incomplete "*) ;;
            *) say "$number" "cut short after $moment ms and judged: ${word:-$(head -n 1 "$folder.err")}" ;;
            esac
            ! grep -qs '"verdict": "conformant"' "$folder/results.json" || say "$number" "cut short and reported green"
        fi
    fi
    if [ "$wrong" -eq "$before" ]; then rm -rf "$folder" "$folder.log" "$folder.err"; fi
done
echo "soak-kill: $kills kills: $cut records cut short and incomplete, $whole whole, $nothing before the record began; $wrong wrong"
[ "$wrong" -eq 0 ]
