# SPDX-License-Identifier: Apache-2.0
"""soak-scan.py ASSAY [GIB]: what would fill memory or never end. `assay scan` must end, say what it left, and stay within
64 MiB of what it takes for a small file. GIB (10): length of the pipe; the single line is a tenth of it."""
import base64
import gzip
import io
import json
import os
import sys
import tempfile
import threading
import time
import zipfile

assay, gib = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 10.0
MAIL = "vorzaquent.417@example.org"
LINE = b"2026-11-21T04:05:06.120Z INFO [worker-3] meeting created for tenant duration_ms=417 status=200\n"
folder = tempfile.mkdtemp()
canaries = os.path.join(folder, "canaries.json")
with open(canaries, "w", encoding="utf-8") as file:
    json.dump({"canaries": {"ann.ehr.email": MAIL}}, file)


def scan(chunks):
    """Exit code, peak KiB, processor seconds, footer of a scan of what the chunks give."""
    reading, writing = os.pipe()
    output = os.path.join(folder, "output")
    pid = os.fork()
    if pid == 0:
        os.dup2(reading, 0)
        os.close(writing)
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
        os.execv(assay, [assay, "scan", "--canaries", canaries, "--format", "json", "-"])
    os.close(reading)

    def feed():
        try:
            with os.fdopen(writing, "wb") as pipe:
                for chunk in chunks:
                    pipe.write(chunk)
        except BrokenPipeError:
            pass

    feeder = threading.Thread(target=feed)
    feeder.start()
    _, status, usage = os.wait4(pid, 0)
    feeder.join()
    with open(output, encoding="utf-8") as file:
        lines = file.read().splitlines()
    return os.waitstatus_to_exitcode(status), usage.ru_maxrss, usage.ru_utime + usage.ru_stime, lines


def repeated(chunk, size, tail):
    block = chunk * max(1, (1 << 20) // len(chunk))
    for _ in range(int(size) // len(block)):
        yield block
    yield tail


def layers(data, count, wrap):
    for _ in range(count):
        data = wrap(data)
    return data


def archive():
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as made:
        for number in range(8):
            made.writestr("%d.txt" % number, b"\0" * (128 << 20))
    return memory.getvalue()


mail = MAIL.encode()
left, found = {1, 2}, {1}
CASES = [
    ("a small file", [LINE + mail], found),
    ("a line of %.2f GiB" % (gib / 10), repeated(b"abcdefgh ", gib / 10 * 2**30, mail), found),
    ("a line of %.2f GiB of base64" % (gib / 10), repeated(b"QUJDREVGR0hJSktM", gib / 10 * 2**30, b" " + mail), left),
    ("gzip of 4 GiB of zeros", [gzip.compress(gzip.compress(b"\0" * (1 << 30)) * 4)], left | {0}),
    ("gzip within gzip within gzip", [layers(b"\0" * (256 << 20) + mail, 3, gzip.compress)], left),
    ("gzip in base64 in JSON, 1 GiB", [b'{"a":"' + base64.b64encode(gzip.compress(b"\0" * (1 << 30) + mail)) + b'"}'], left),
    ("a zip of eight times 128 MiB", [archive()], left),
    ("base64 twenty times", [layers(mail, 20, base64.b64encode)], left),
    ("percent twenty times", [layers(b"%41" + mail, 20, lambda data: data.replace(b"%", b"%25"))], left | {0}),
    ("JSON five million deep", repeated(b"[", 5 << 20, b'"' + mail), found),
    ("bytes without order", repeated(os.urandom(1 << 20), 128 << 20, mail), left),
    ("a pipe of %.2f GiB" % gib, repeated(LINE, gib * 2**30, mail), found),
]
base, failed = None, False
for name, chunks, codes in CASES:
    start = time.monotonic()
    code, peak, spent, lines = scan(chunks)
    base = base or peak
    fine = code in codes and peak - base <= 64 << 10
    failed = failed or not fine
    print("  %s %s: exit %d, %d MiB above a small file (bar: 64), %.1f s of processor time, %.0f s" % (
        "ok  " if fine else "OVER", name, code, (peak - base) >> 10, spent, time.monotonic() - start))
    if not fine:
        print("\n".join("       " + line for line in lines[-4:]), "\n       wanted exit", sorted(codes))
sys.exit(1 if failed else 0)
