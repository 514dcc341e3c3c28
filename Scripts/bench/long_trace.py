# SPDX-License-Identifier: Apache-2.0
"""long_trace.py RUN OUT BYTES: a run folder whose trace is as long as that: the worlds of RUN again and again, each time under
names of their own, in a chain of their own, with their scenarios beside them. What is judged of it is judged of every world."""
import hashlib
import json
import os
import re
import shutil
import sys

source, out, wanted = sys.argv[1], sys.argv[2], int(sys.argv[3])
os.makedirs(os.path.join(out, "scenarios"))
lines = open(os.path.join(source, "trace.ndjson"), "rb").read().splitlines()
header, events = json.loads(lines[0]), lines[1:-1]
size = sum(len(line) + 1 for line in events)
head = re.compile(rb'\{"type":"event","prev":"[0-9a-f]{64}","seq":(\d+)')
world = re.compile(rb'"world":"(w-[^"]+)"')
exchange = re.compile(rb'("exchange":"|"surface":"message:)x(\d+)')
scenario = re.compile(rb'"scenario":"([a-z0-9-]+)')
matched = re.compile(rb'"matched":\[([0-9,]+)\]')
own = [line for line in events if b'"world":"w-' in line[:260]]
share = sum(len(line) + 1 for line in own)
copies = max(0, -(-(wanted - size) // share))
many = 1 + max([int(n) for line in events for _, n in exchange.findall(line)])

for copy in range(1, copies + 1):
    for name in sorted(os.listdir(os.path.join(source, "scenarios"))):
        if not name.endswith(".yaml"):
            continue
        text = open(os.path.join(source, "scenarios", name), encoding="utf-8").read()
        again = re.sub(r"^id: (\S+)$", rf"id: \1-again-{copy}", text, count=1, flags=re.M)
        if again != text:
            path = os.path.join(out, "scenarios", f"{name.removesuffix('.yaml')}-again-{copy}.yaml")
            open(path, "w", encoding="utf-8").write(again)
shutil.copytree(os.path.join(source, "scenarios"), os.path.join(out, "scenarios"), dirs_exist_ok=True)
shutil.copytree(os.path.join(source, "bodies"), os.path.join(out, "bodies"))
planned = header["run"]["scenarios"]
header["run"]["scenarios"] = planned + [
    re.sub(r"^([a-z0-9-]+)", rf"\1-again-{copy}", name) for copy in range(1, copies + 1) for name in planned
]

seq = 0
with open(os.path.join(out, "trace.ndjson"), "wb", buffering=1 << 20) as file:
    previous = ""

    def put(line):
        global previous
        file.write(line + b"\n")
        previous = hashlib.sha256(line).hexdigest()

    put(json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode())
    for copy in range(copies + 1):
        numbers = {}
        for line in events if copy == 0 else own:
            begin = head.match(line)
            seq += 1
            numbers[int(begin[1])] = seq
            rest = line[begin.end():]
            if copy:
                rest = world.sub(rb'"world":"\1-%d"' % copy, rest)
                rest = exchange.sub(lambda m: m[1] + b"x%d" % (int(m[2]) + copy * many), rest)
                rest = scenario.sub(rb'"scenario":"\1-again-%d' % copy, rest)
            if b'"matched":[' in rest:
                rest = matched.sub(
                    lambda m: b'"matched":[%s]'
                    % b",".join(b"%d" % numbers.get(int(n), 0) for n in m[1].split(b",")), rest)
            put(b'{"type":"event","prev":"%s","seq":%d' % (previous.encode(), seq) + rest)
    put(b'{"type":"footer","prev":"%s","events":%d}' % (previous.encode(), seq))
print(f"{seq} events of {copies + 1} times {len(planned)} scenarios, {os.path.getsize(os.path.join(out, 'trace.ndjson'))} bytes")
