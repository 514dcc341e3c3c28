# SPDX-License-Identifier: Apache-2.0
"""scan_peers.py rg|hyperscan LOG PATTERNS: processor seconds a search takes, and its matches, as one line.
scan_peers.py report SCAN PEERS PLANTED: our figures beside theirs."""
import json
import os
import resource
import subprocess
import sys
import time

kind, log = sys.argv[1], sys.argv[2]


def ripgrep(patterns):
    best, found = None, 0
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            ["rg", "-a", "-F", "-j1", "-o", "-f", patterns, log], stdout=subprocess.PIPE, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best, found = min(best or spent, spent), done.stdout.count(b"\n")
    return best, found


def hyperscan(patterns):
    import hyperscan as library

    with open(patterns, "rb") as file:
        literals = file.read().splitlines()
    with open(log, "rb") as file:
        text = file.read()
    database = library.Database(mode=library.HS_MODE_BLOCK)
    try:
        database.compile(expressions=literals, ids=list(range(len(literals))), literal=True)
    except TypeError:
        import re
        database.compile(expressions=[re.escape(literal) for literal in literals], ids=list(range(len(literals))))
    best, found = None, 0
    for _ in range(3):
        count = [0]

        def seen(*_):
            count[0] += 1

        start = time.process_time()
        database.scan(text, match_event_handler=seen)
        spent = time.process_time() - start
        best, found = min(best or spent, spent), count[0]
    return best, found


if kind == "report":
    with open(log, encoding="utf-8") as file:
        ours = json.load(file)
    with open(sys.argv[4], encoding="utf-8") as file:
        planted = int(file.read())
    print("  literals alone: %.2f GB/s, %d matches" % (ours["raw"] / 1e9, ours["raw-found"]))
    print("  all decoders: %.3f GB/s, %.3f of that (bar: 0.2), %d hits on %d planted values; %d literals" % (
        ours["full"] / 1e9, ours["full"] / ours["raw"], ours["full-found"], planted, ours["full-literals"]))
    if os.path.exists(sys.argv[3]):
        with open(sys.argv[3], encoding="utf-8") as file:
            for line in file:
                name, rate, found = line.split()
                bar = {"rg": 8, "hyperscan": 1}[name]
                print("  %s: %.2f GB/s, %s matches; literals alone are %.1fx as fast (bar: %dx)" % (
                    name, float(rate) / 1e9, found, ours["raw"] / float(rate), bar))
else:
    seconds, matches = {"rg": ripgrep, "hyperscan": hyperscan}[kind](sys.argv[3])
    print(kind, int(os.path.getsize(log) / seconds), matches)
