#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Long runs that CI does not do: many seeds against the honest connector and its permitted variants, none of which may fail
# or stay undecided; then every scenario against every defect. SEEDS=50 and FULL=1 by default; out goes to runs/soak/.
set -uo pipefail
cd "$(dirname "$0")/.."
assay=${ASSAY:-.build/debug/assay}
connector=$(dirname "$assay")/reference-connector
seeds=${SEEDS:-50}
out=${OUT:-runs/soak}
mkdir -p "$out"
mapfile -t variants < <("$connector" --list-defects | tr '{' '\n' | grep '"variant"' | sed -E 's/.*"id" ?: ?"([^"]+)".*/\1/')
[ "${#variants[@]}" -gt 0 ] || { echo "soak: $connector lists no variant"; exit 3; }
failed=0

# judge NAME ARGUMENT…: one run that must be conformant (exit code 0, or `worst`); its folder stays only where it is not.
judge() {
    local name=$1 folder="$out/$1-$$" code=0
    shift
    "$assay" run --out "$folder" "$@" >"$folder.log" 2>&1 || code=$?
    if [ "$code" -eq 0 ] || [ "$code" -eq "${worst:-0}" ]; then
        rm -rf "$folder" "$folder.log"
    else
        failed=$((failed + 1))
        echo "soak: $name: $(tail -n 1 "$folder.log") (assay run $*), kept in $folder"
    fi
}

# One that writes attendance over a channel of its own needs the deployment that maps it: the example of the documentation.
engine="$out/interface-engine.yaml"
{
    sed 's/"--until-stdin-closes"\]/"--until-stdin-closes", "--variant", "other-writeback"]/' Scenarios/deployments/reference.yaml
    awk '/^```yaml$/ {block = ""; inside = 1; next} /^```$/ {if (block ~ /channel: http/) printf "%s", block; inside = 0}
        inside {block = block $0 "\n"}' docs/connecting-a-connector.md |
        sed 's/\$(env.ENGINE_KEY)/reference-epic-writeback-3nV5/'
} >"$engine"

# One that has Graph send its messages leaves open what Microsoft does in its place: nothing may fail.
graph="$out/graph-texts.yaml"
sed -e 's/"--until-stdin-closes"\]/"--until-stdin-closes", "--variant", "graph-texts"]/' \
    -e 's/^      - Mail.Send$/&\n      - VirtualAppointmentNotification.Send/' -e 's/^egress: proxy$/&\nsms: graph/' \
    Scenarios/deployments/reference.yaml >"$graph"

for seed in $(seq 1 "$seeds"); do
    judge "honest-$seed" --seed "$seed"
    variant=${variants[$((seed % ${#variants[@]}))]}
    if [ "$variant" = other-writeback ]; then
        judge "$variant-$seed" --seed "$seed" --deployment "$engine"
    elif [ "$variant" = graph-texts ]; then
        worst=2 judge "$variant-$seed" --seed "$seed" --deployment "$graph"
    else
        judge "$variant-$seed" --seed "$seed" --variant "$variant"
    fi
    echo "soak: seed $seed of $seeds, $failed not conformant so far"
done
if [ "${FULL:-1}" = 1 ]; then
    "$assay" prove --full --out "$out/prove-$$" || failed=$((failed + 1))
fi
echo "soak: $seeds seeds against the honest connector and ${#variants[@]} variants, $failed not as they should be"
[ "$failed" -eq 0 ]
