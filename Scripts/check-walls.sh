#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# check-walls.sh: the walls of docs/architecture.md that the compiler's dependency table does not hold by itself.
set -euo pipefail
cd "$(dirname "$0")/.."
status=0
complain() {
    echo "check-walls: $1" >&2
    status=1
}

# Top to bottom; a room imports only rooms below it.
rooms=(assay Reproduction Evidence Reports Runner Connector Judge ScenarioLanguage MockWorld MockEHR MockMicrosoft MockKit
    ProtocolRules Ledger FHIRModel FHIRPath HTTPTransport Markup Trace Canary World Value SourceText)
folder() { if [ "$1" = MockEHR ]; then echo MockEHR/Sources; else echo "Sources/$1"; fi; }
imports() { grep -rhE '^[[:space:]]*((package|public|internal|private|fileprivate|@testable) )*import ' "$1" 2>/dev/null | awk '{print $NF}' | sort -u; }

for index in "${!rooms[@]}"; do
    room=${rooms[$index]}
    for above in "${rooms[@]:0:$index}"; do
        if imports "$(folder "$room")" | grep -qx "$above"; then complain "$room imports $above, a room above it"; fi
    done
done
if imports "$(folder MockEHR)" | grep -qx MockMicrosoft; then complain "MockEHR imports MockMicrosoft"; fi

for room in "${rooms[@]}" CCurl CLibXML2 CYaml CZlib CBrotli; do
    if imports Sources/reference-connector | grep -qx "$room"; then complain "reference-connector imports $room"; fi
done

# Pure rooms do no I/O.
for room in SourceText Value World Canary FHIRPath FHIRModel ProtocolRules Judge; do
    if grep -rnE 'FileManager|FileHandle|URLSession|Data\(contentsOf|Process\(|fopen\(|socket\(' "$(folder "$room")" 2>/dev/null; then
        complain "$room does I/O"
    fi
done

# Output is printed by the command line alone.
for room in "${rooms[@]:1}"; do
    if grep -rnE '(^|[^.A-Za-z])print\(' "$(folder "$room")" 2>/dev/null; then complain "$room prints"; fi
done

# No connector's URL or page markup in scenarios outside deployments/. What an attacker types or owns is nobody's URL:
# reserved names, link-local and private addresses in any notation, the stranger.
urls=$(grep -rnE 'https?://|//[a-z]+\[@|/portal|/launch/|127\.0\.0\.1' Scenarios --include='*.yaml' --exclude-dir=deployments \
    --exclude=requirements.yaml --exclude=statements.yaml |
    grep -vE '//(169\.254\.|10\.|172\.2[04]\.|192\.168\.|2852039166/|0251\.|\[::ffff:|\[fd12:|\[fe80:|[a-z.]*example\.(net|org|com))|\^https://stranger' || true)
if [ -n "$urls" ]; then
    echo "$urls" >&2
    complain "a scenario holds a URL or page markup"
fi

exit $status
