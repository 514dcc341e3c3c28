#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bench.sh: measures the release build and sets it against its peers in one run; ratios, since machines differ.
# Peers come from PyPI into .build-bench (ignored by git); a peer that is missing is named, and its part left out.
set -uo pipefail
cd "$(dirname "$0")/.."
assay=${ASSAY:-.build/release/assay}
work=$(mktemp -d)
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

measured() { # measured FILE COMMAND…: seconds and peak KiB into FILE
    "$python" Scripts/bench/measure.py "$@"
}

echo "FHIRPath: processor time of one parse and one evaluation"
if peer fhirpathpy fhirpathpy; then
    "$assay" bench-fhirpath Scripts/bench/expressions.txt Scripts/bench/patient.json >"$work/ours" \
        && "$python" Scripts/bench/fhirpath.py Scripts/bench/expressions.txt Scripts/bench/patient.json "$work/ours"
fi

echo "Start-up: assay --version, best of 20"
best=
for _ in $(seq 20); do
    start=$(now)
    "$assay" --version >/dev/null
    spent=$((($(now) - start) / 1000))
    if [ -z "$best" ] || [ "$spent" -lt "$best" ]; then best=$spent; fi
done
echo "  $best µs; bar: 30000 µs"

echo "Lint: generated scenario files"
mkdir -p "$work/lint"
"$python" Scripts/bench/many.py Scenarios "$work/lint" 1000
few=("$work"/lint/00[0-9]*.yaml)
measured "$work/few" "$assay" lint "${few[@]:0:100}" && measured "$work/all" "$assay" lint "$work/lint"
read -r few_seconds few_memory _ <"$work/few"
read -r all_seconds all_memory _ <"$work/all"
echo "  1000 files: $all_seconds s (bar: 1 s), peak $all_memory KiB; 100 files: $few_seconds s, peak $few_memory KiB"

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

    bare=$("$work/loop" "$url" $((steps * 20))) && bare_rate=$(ratio $((steps * 20)) "$bare" %.0f)
    echo "  bare C loop over libcurl: $bare_rate steps/s"
    run() { # run STEPS: seconds and peak KiB of a whole run
        "$python" Scripts/bench/scenario.py assay "$url" "$1" >"$work/steps-$1.yaml"
        measured "$work/run-$1" "$assay" run "$work/steps-$1.yaml" --jobs 1 --out "$work/out-$1"
        grep -q '"request.answered"' "$work/out-$1/trace.ndjson" || echo "  the run of $1 steps went wrong" >&2
    }
    run 1
    run $steps
    run $((steps * 10))
    read -r one _ _ <"$work/run-1"
    read -r some some_memory _ <"$work/run-$steps"
    read -r _ many_memory _ <"$work/run-$((steps * 10))"
    ours=$(awk -v a="$some" -v b="$one" -v n=$((steps - 1)) 'BEGIN {printf "%.0f", n / (a - b)}')
    echo "  assay: $ours steps/s, $(ratio "$ours" "$bare_rate" %.2f) of the bare loop (bar: 0.40)"
    echo "  memory: peak $some_memory KiB with $steps steps, $many_memory KiB with $((steps * 10)) (bar: flat)"
    # Tavern 3 does not know pytest 9.
    if peer tavern._core.loader tavern 'pytest<9'; then
        "$python" Scripts/bench/scenario.py tavern "$url" $steps >"$work/test_some.tavern.yaml"
        "$python" Scripts/bench/scenario.py tavern "$url" 1 >"$work/test_one.tavern.yaml"
        for kind in one some; do
            measured "$work/tavern-$kind" "$python" -m pytest -q -p no:cacheprovider "$work/test_$kind.tavern.yaml"
        done
        read -r one _ <"$work/tavern-one"
        read -r some _ <"$work/tavern-some"
        tavern=$(awk -v a="$some" -v b="$one" -v n=$((steps - 1)) 'BEGIN {printf "%.0f", n / (a - b)}')
        echo "  Tavern: $tavern steps/s; assay is $(ratio "$ours" "$tavern")x as fast (bar: 50x)"
    fi
fi

echo "The suite against the reference connector"
if measured "$work/suite" "$assay" run --out "$work/suite-run"; then
    read -r seconds memory cpu <"$work/suite"
    echo "  $seconds s, $cpu s of processor time (bars: 20 s, 8 s), peak $memory KiB"
fi

if [ ${#missing[@]} -gt 0 ]; then printf 'missing, so not measured: %s\n' "${missing[@]}"; fi
