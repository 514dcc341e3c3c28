#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hostile traffic against `assay mock`: malformed requests, slow bodies, idle connections, 100 MB bodies, path tricks.

usage: hostile.py ASSAY SECONDS [IDLE]. Ends with 1 where the mock falls, grows beyond 1 GiB, or answers a client wrongly
afterwards.
"""
import json, os, random, re, resource, socket, subprocess, sys, threading, time, urllib.parse, urllib.request

ASSAY, SECONDS = sys.argv[1], float(sys.argv[2])
IDLE = int(sys.argv[3]) if len(sys.argv) > 3 else 2000
BOUND = 1024  # MiB
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 16384), hard))

mock = subprocess.Popen([ASSAY, "mock", "--vendor", "cerner"], stdout=subprocess.PIPE, text=True)
ready = json.loads(mock.stdout.readline())
PORTS = [int(ready[side].rsplit(":", 1)[1]) for side in ("ehr", "microsoft")]
end = time.monotonic() + SECONDS
counts = {}
lock = threading.Lock()


def count(what):
    with lock:
        counts[what] = counts.get(what, 0) + 1


def connect(seed):
    connection = socket.create_connection(("127.0.0.1", seed.choice(PORTS)), timeout=10)
    return connection


def exchange(connection, data):
    connection.sendall(data)
    try:
        return connection.recv(65536)
    except OSError:
        return b""


GARBAGE = [
    b"\x00\x01\x02\x03\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"G\xffT / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /evil HTTP/1.1\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nno\r\n", b"GET / HTTP/1.1\r\n" + b"A: " + b"b" * 200_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"".join(b"H%d: x\r\n" % i for i in range(2000)) + b"\r\n", b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n", b"CONNECT a:b HTTP/1.1\r\nHost: x\r\n\r\n", b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
]
PATHS = [
    "/../../etc/passwd", "/r4/%2e%2e/%2e%2e/etc/passwd", "//evil.example/", "/r4/%00/Patient/1", "/%ff%fe", "/-/../-/ui", "/-/ui/%2e%2e/board",
    "/-/style.css/../../layout.mustache", "/-/%2e%2e%2fpanel.mustache", "/r4/" + "a/" * 3000, "/?" + "x=1&" * 5000, "/-/exchanges?limit=-1&after=99999999999999999999",
    "/-/worlds/..%2f..%2f/appointments", "/tenants/x/protocols/oauth2/profiles/smart-v1/token?%zz", "/-/stream?world=%0d%0aX:y", "/l/meetup-join/%0d%0a/0",
]
BODIES = [b'{"a":' * 20_000, b"\xff" * 1000, b"[" * 200_000, b'{"patient":"' + b"\xed\xa0\x80" * 500 + b'"}', b"=&" * 50_000, b""]


def malformed(seed):
    with connect(seed) as connection:
        exchange(connection, seed.choice(GARBAGE))
    count("malformed")


def tricks(seed):
    path = seed.choice(PATHS)
    body = seed.choice(BODIES)
    method = seed.choice(["GET", "POST", "DELETE", "PATCH", "TRACE", "M-SEARCH"])
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    with connect(seed) as connection:
        answer = exchange(connection, head.encode() + body)
        if b"root:" in answer or b"{{#" in answer:
            count("LEAK of a file at " + path)
    count("path tricks")


def slow(seed):
    with connect(seed) as connection:
        connection.sendall(b"POST /r4/x/Patient HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
        while time.monotonic() < end:
            connection.sendall(b"x")
            time.sleep(0.05)
    count("slow bodies")


def huge(seed):
    piece = b"x" * 1_000_000
    with connect(seed) as connection:
        connection.sendall(b"POST /r4/x/Patient HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n")
        for _ in range(100):
            if time.monotonic() > end:
                return
            connection.sendall(piece)
        try:
            connection.recv(1000)
        except OSError:
            pass
    count("100 MB bodies")


def over(work, number):
    seed = random.Random(number)
    while time.monotonic() < end and mock.poll() is None:
        try:
            work(seed)
        except OSError:
            count("cut off")


def memory():
    text = open(f"/proc/{mock.pid}/status").read()
    return int(re.search(r"VmHWM:\s+(\d+)", text)[1]) / 1024, int(re.search(r"VmRSS:\s+(\d+)", text)[1]) / 1024


idle = []
for number in range(IDLE):
    idle.append(socket.create_connection(("127.0.0.1", PORTS[number % 2]), timeout=10))
workers = [(malformed, 3), (tricks, 3), (slow, 20), (huge, 2)]
threads = [
    threading.Thread(target=over, args=(work, index * 100 + number), daemon=True)
    for index, (work, many) in enumerate(workers) for number in range(many)
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(SECONDS + 30)

failures = [what for what in counts if what.startswith("LEAK")]
if mock.poll() is not None:
    failures.append(f"the mock ended with {mock.returncode}")
else:
    peak, now = memory()
    print(f"  {len(idle)} idle connections; " + ", ".join(f"{value} {name}" for name, value in sorted(counts.items())))
    print(f"  memory: {peak:.0f} MiB peak, {now:.0f} MiB at the end")
    if peak > BOUND:
        failures.append(f"memory grew to {peak:.0f} MiB")
    # Who comes afterwards finds a world as if nothing had been.
    request = urllib.request.Request(
        ready["ehr"] + "/-/worlds", data=b'{"vendor": "epic"}', headers={"Content-Type": "application/json"})
    world = json.loads(urllib.request.urlopen(request, timeout=30).read())["worlds"][0]
    for at, base in (("a new world", world["ehr"]["fhir-base"]), ("the first world", ready["worlds"][0]["ehr"]["fhir-base"])):
        begun = time.monotonic()
        statement = json.loads(urllib.request.urlopen(base + "/metadata", timeout=30).read())
        if statement["resourceType"] != "CapabilityStatement":
            failures.append(f"{at} answers wrongly")
        print(f"  {at} answers in {(time.monotonic() - begun) * 1000:.0f} ms")
    try:
        urllib.request.urlopen(base + "/Patient/1", timeout=30)
        failures.append("a read without token is let through")
    except urllib.error.HTTPError as error:
        if error.code != 401:
            failures.append(f"a read without token is answered {error.code}")
    mock.terminate()
    if mock.wait(30) != 0:
        failures.append(f"the mock stopped with {mock.returncode}")
for failure in failures:
    print(f"  FAILED: {failure}")
sys.exit(1 if failures else 0)
