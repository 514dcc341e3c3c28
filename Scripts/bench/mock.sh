#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# mock.sh: speed of the mock world (nginx, wrk and pip are used where they are there), then a minute of hostile traffic.
set -euo pipefail
cd "$(dirname "$0")/../.."
assay=${1:-.build/release/assay}
command -v wrk >/dev/null || { echo "the mock world is not measured: wrk is not installed (apt-get install wrk nginx-light)"; exit 1; }
status=0
python3 Scripts/bench/mock.py "$assay" || status=1
echo "hostile traffic, ${HOSTILE_SECONDS:-60} s"
python3 Scripts/bench/hostile.py "$assay" "${HOSTILE_SECONDS:-60}" || status=1
exit $status
