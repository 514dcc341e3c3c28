#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bench.sh: measures the release build and sets it against its peers in one run; ratios, since machines differ.
# Peers come from PyPI into .build-bench (ignored by git); a peer that is missing is named, and its part left out.
set -uo pipefail
cd "$(dirname "$0")/.."
assay=${ASSAY:-.build/release/assay}
work=$(mktemp -d)
repeat=${REPEAT:-3}
missing=()
nginx_pid=
stop() {
    [ -n "$nginx_pid" ] && kill "$nginx_pid" 2>/dev/null
    rm -rf "$work"
}
trap stop EXIT

python=.build-bench/venv/bin/python
[ -x "$python" ] || python3 -m venv .build-bench/venv 2>/dev/null
peer() { # peer MODULE PACKAGE…: whether it is there, or can be installed
    "$python" -c "import $1" 2>/dev/null || "$python" -m pip -q install "${@:2}" 2>/dev/null
    "$python" -c "import $1" 2>/dev/null && return
    missing+=("$2 (PyPI)")
    return 1
}
now() { date +%s%N; }
ratio() { awk -v a="$1" -v b="$2" -v f="${3:-%.1f}" 'BEGIN {printf f, b ? a / b : 0}'; }

measured() { # measured FILE COMMAND…: seconds, peak KiB and processor seconds into FILE
    "$python" Scripts/bench/measure.py "$@"
}
best() { # best FILE COMMAND…: the same of the fastest of $REPEAT runs: what else the machine does only adds
    local file=$1 round # ROUND in an argument is the number of the run
    shift
    for round in $(seq "$repeat"); do
        measured "$file.$round" "${@//ROUND/$round}" || return 1
    done
    sort -g "$file".[0-9]* | head -1 >"$file"
}
bar() { # bar "FIGURE" BAR VALUE at-least|at-most: a figure beside its bar
    awk -v text="$1" -v bar="$2" -v value="$3" -v way="$4" 'BEGIN {
        met = way == "at-least" ? value + 0 >= bar + 0 : value + 0 <= bar + 0
        way = way == "at-least" ? "at least" : "at most"
        printf "  %-6s %s (bar: %s %s)\n", met ? "met" : "MISSED", text, way, bar }'
}

echo "FHIRPath: processor time of one parse and one evaluation"
if peer fhirpathpy fhirpathpy; then
    "$assay" bench-fhirpath Scripts/bench/expressions.txt Scripts/bench/patient.json >"$work/ours" \
        && "$python" Scripts/bench/fhirpath.py Scripts/bench/expressions.txt Scripts/bench/patient.json "$work/ours"
fi

echo "Start-up: assay --version, best of 20"
fastest=
for _ in $(seq 20); do
    start=$(now)
    "$assay" --version >/dev/null
    spent=$((($(now) - start) / 1000))
    if [ -z "$fastest" ] || [ "$spent" -lt "$fastest" ]; then fastest=$spent; fi
done
bar "$(ratio "$fastest" 1000) ms" 30 "$(ratio "$fastest" 1000)" at-most

echo "Lint: generated scenario files"
mkdir -p "$work/lint"
"$python" Scripts/bench/many.py Scenarios "$work/lint" 1000
few=("$work"/lint/00[0-9]*.yaml)
if best "$work/few" "$assay" lint "${few[@]:0:100}" && best "$work/all" "$assay" lint "$work/lint"; then
    read -r few_seconds few_memory _ <"$work/few"
    read -r all_seconds all_memory all_cpu <"$work/all"
    bar "1000 files in $all_seconds s, $all_cpu s of processor time" 1 "$all_seconds" at-most
    memory=$(ratio "$all_memory" "$few_memory" %.2f)
    bar "peak memory of 1000 files is $memory times that of 100 ($all_memory and $few_memory KiB; $few_seconds s)" \
        1.1 "$memory" at-most
fi

echo "Runner: requests in a row against nginx on loopback, default reports on, start-up excluded"
steps=${STEPS:-500}
if ! command -v nginx >/dev/null; then
    missing+=("nginx")
elif ! cc -O2 -o "$work/loop" Scripts/bench/loop.c -lcurl 2>"$work/cc.log"; then
    missing+=("cc with libcurl: $(tail -1 "$work/cc.log")")
else
    port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    url=http://127.0.0.1:$port/item.json
    mkdir -p "$work/www" "$work/nginx"
    printf '{"id":"item-1","name":"bench","tags":["a","b"]}' >"$work/www/item.json"
    cat >"$work/nginx.conf" <<CONF
daemon off; pid $work/nginx/pid; error_log $work/nginx/error.log; worker_processes 1;
events {}
http {
  access_log off; keepalive_requests 1000000;
  client_body_temp_path $work/nginx; proxy_temp_path $work/nginx; fastcgi_temp_path $work/nginx;
  uwsgi_temp_path $work/nginx; scgi_temp_path $work/nginx;
  types { application/json json; }
  server { listen 127.0.0.1:$port; root $work/www; }
}
CONF
    chmod 755 "$work" "$work/www"
    nginx -c "$work/nginx.conf" 2>/dev/null &
    nginx_pid=$!
    for _ in $(seq 100); do curl -sf "$url" >/dev/null && break; done

    run() { # run STEPS: seconds, peak KiB and processor seconds of the best of some whole runs
        "$python" Scripts/bench/scenario.py assay "$url" "$1" >"$work/steps-$1.yaml"
        best "$work/run-$1" "$assay" run "$work/steps-$1.yaml" --jobs 1 --out "$work/out-$1-ROUND"
        grep -q '"request.answered"' "$work/out-$1-1/trace.ndjson" || echo "  the run of $1 steps went wrong" >&2
    }
    bare=
    for _ in $(seq "$repeat"); do
        spent=$("$work/loop" "$url" $((steps * 20)))
        if [ -z "$bare" ] || awk "BEGIN {exit !($spent < $bare)}"; then bare=$spent; fi
    done
    bare_rate=$(ratio $((steps * 20)) "$bare" %.0f)
    run 1
    run $steps
    run $((steps * 10))
    read -r one _ one_cpu <"$work/run-1"
    read -r some some_memory some_cpu <"$work/run-$steps"
    read -r many many_memory _ <"$work/run-$((steps * 10))"
    rate() { awk -v a="$1" -v b="$one" -v n=$(($2 - 1)) 'BEGIN {printf "%.0f", (a > b ? n / (a - b) : 0)}'; }
    ours=$(rate "$some" $steps)
    echo "  a whole run (file read, steps made, judged, eight reports written) less one of a single step:"
    echo "  $ours steps/s with $steps steps, $(rate "$many" $((steps * 10))) with $((steps * 10)); the bare loop makes $bare_rate"
    awk -v a="$some_cpu" -v b="$one_cpu" -v n=$((steps - 1)) \
        'BEGIN {printf "  processor time of a step, reports and all: %.0f µs\n", (a - b) / n * 1e6}'
    bar "$(ratio "$ours" "$bare_rate" %.2f) of a bare C loop over libcurl" 0.4 "$(ratio "$ours" "$bare_rate" %.3f)" at-least
    growth=$(awk -v a="$many_memory" -v b="$some_memory" -v n=$((steps * 9)) 'BEGIN {printf "%.1f", (a - b) / n}')
    bar "$growth KiB of memory a step (peak $some_memory KiB with $steps steps, $many_memory with $((steps * 10)))" \
        0.1 "$growth" at-most
    # Tavern 3 does not know pytest 9.
    if peer tavern._core.loader tavern 'pytest<9'; then
        "$python" Scripts/bench/scenario.py tavern "$url" $steps >"$work/test_some.tavern.yaml"
        "$python" Scripts/bench/scenario.py tavern "$url" 1 >"$work/test_one.tavern.yaml"
        for kind in one some; do
            best "$work/tavern-$kind" "$python" -m pytest -q -p no:cacheprovider "$work/test_$kind.tavern.yaml"
        done
        read -r one _ <"$work/tavern-one"
        read -r some _ <"$work/tavern-some"
        tavern=$(awk -v a="$some" -v b="$one" -v n=$((steps - 1)) 'BEGIN {printf "%.0f", n / (a - b)}')
        bar "$(ratio "$ours" "$tavern") times as fast as Tavern, which makes $tavern steps/s" 50 "$(ratio "$ours" "$tavern")" at-least
    fi
fi

echo "Canaries: 5,000 literals, and the whole detector, in a synthetic log of ${MEBIBYTES:=256} MiB, processor time of one thread"
if "$python" Scripts/bench/scan_corpus.py "$work" "$MEBIBYTES"; then
    "$assay" bench-scan "$work/log.txt" "$work/patterns.txt" "$work/canaries.json" >"$work/scan.json"
    if command -v rg >/dev/null; then
        # To a pipe: with its output thrown away a search may stop at the first match.
        "$python" Scripts/bench/scan_peers.py rg "$work/log.txt" "$work/patterns.txt" >>"$work/peers"
    else
        missing+=("ripgrep")
    fi
    if peer hyperscan hyperscan; then
        "$python" Scripts/bench/scan_peers.py hyperscan "$work/log.txt" "$work/patterns.txt" >>"$work/peers"
    fi
    "$python" Scripts/bench/scan_peers.py report "$work/scan.json" "$work/peers" "$work/planted.txt"
    measured "$work/scan" "$assay" scan --canaries "$work/canaries.json" "$work/log.txt" 2>/dev/null
    read -r _ memory _ <"$work/scan"
    echo "  assay scan of the file: peak $memory KiB (bar: 64 MiB and what the program itself takes)"
    rm -f "$work/log.txt"
fi

echo "The suite against the reference connector"
if measured "$work/suite" "$assay" run --out "$work/suite-run"; then
    read -r seconds memory cpu <"$work/suite"
    bar "$seconds s, peak $memory KiB" 20 "$seconds" at-most
    bar "$cpu s of processor time, harness and connector" 8 "$cpu" at-most
    if [ "${TRACE:-1073741824}" -gt 0 ]; then
        echo "assay judge of a trace: the run's worlds again and again"
        "$python" Scripts/bench/long_trace.py "$work/suite-run" "$work/long" "${TRACE:-1073741824}" | sed 's/^/  /'
        size=$(stat -c %s "$work/long/trace.ndjson")
        if measured "$work/judge" "$assay" judge "$work/long"; then
            read -r seconds memory cpu <"$work/judge"
            rate=$(awk -v bytes="$size" -v seconds="$seconds" 'BEGIN {printf "%.1f", bytes / seconds / 1e6}')
            bar "$rate MB/s ($seconds s, $cpu s of processor time)" 50 "$rate" at-least
            bar "peak memory $memory KiB" 1048576 "$memory" at-most
        fi
        rm -rf "$work/long"
    fi
fi

echo "The report of ${SCENARIOS:=500} scenarios, and of a run with failures, in a browser"
chromium=$(command -v "${CHROMIUM:-chromium}" || command -v chromium-browser || command -v google-chrome)
if [ "$SCENARIOS" = 0 ]; then
    echo "  left out"
elif [ -z "$chromium" ]; then
    missing+=("chromium")
elif peer axe_playwright_python playwright axe-playwright-python; then
    mkdir "$work/many"
    "$python" Scripts/bench/many.py Scenarios "$work/many" "$SCENARIOS"
    "$assay" run "$work/many" --out "$work/of-many" >"$work/of-many.log" 2>&1 || tail -n 3 "$work/of-many.log"
    # A failed check of a scenario, and a leak.
    "$assay" run --defect sms-twice-on-retry --defect patient-name-in-subject --out "$work/with-failures" >"$work/failures.log" 2>&1
    "$python" Scripts/bench/report.py "$chromium" "$work/of-many/report.html" "$work/with-failures/report.html" \
        ${SHOTS:+--shots "$SHOTS"}
fi

if [ ${#missing[@]} -gt 0 ]; then printf 'missing, so not measured: %s\n' "${missing[@]}"; fi
