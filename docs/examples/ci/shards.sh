#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One machine, several shards: each writes its own folder, merge judges the whole.
#   shards.sh DEPLOYMENT COUNT [OUT]
set -euo pipefail
deployment=$1
count=$2
out=${3:-runs/sharded}
nonce=${ASSAY_NONCE:-$(date -u +%Y%m%d%H%M%S)}

for index in $(seq "$count"); do
    # A shard alone is never conformant: 2 (incomplete) is its best. Everything else is for merge to say.
    assay run --deployment "$deployment" --shard "$index/$count" --nonce "$nonce" --out "$out/shard-$index" || true
done
assay merge "$out"/shard-* --out "$out/merged"
