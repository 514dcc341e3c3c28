#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures the mock world of a release build beside nginx and Python mocks, as ratios in one run on loopback.

Each server runs on one CPU and wrk on another, where there are two. Ends with 1 where a bar of docs/mocks.md is missed.
"""
import json, os, re, shutil, socket, statistics, subprocess, sys, tempfile, time, urllib.error, urllib.parse, urllib.request, base64

ASSAY = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else ".build/release/assay")
SECONDS = int(os.environ.get("SECONDS_EACH", "8"))
CPUS = sorted(os.sched_getaffinity(0))
SERVER, CLIENT = ([CPUS[0]], CPUS[1:]) if len(CPUS) > 1 else (CPUS, CPUS)
missed = []


def on(cpus):
    return lambda: os.sched_setaffinity(0, cpus)


def bar(text, value, holds):
    print(f"  {'ok  ' if holds else 'MISS'} {text}: {value}")
    if not holds:
        missed.append(text)


def wrk(url, headers=()):
    """Requests a second and the 99th percentile in ms, at 64 kept-alive connections."""
    command = ["wrk", "-t1", "-c64", f"-d{SECONDS}s", "--latency"]
    for header in headers:
        command += ["-H", header]
    subprocess.run(["wrk", "-t1", "-c64", "-d1s"] + command[5:] + [url], capture_output=True, preexec_fn=on(CLIENT))
    said = subprocess.run(command + [url], capture_output=True, text=True, preexec_fn=on(CLIENT)).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"{url} did not answer every request:\n{said}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", said).groups()
    return rate, float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def start_mock(arguments=(), cpus=None):
    process = subprocess.Popen(
        [ASSAY, "mock", *arguments], stdout=subprocess.PIPE, text=True, preexec_fn=on(cpus) if cpus else None)
    return process, json.loads(process.stdout.readline())


def stop(process):
    process.terminate()
    process.wait()


def send(url, data=None, headers=None, method=None):
    request = urllib.request.Request(url, data=data, headers=headers or {}, method=method)
    return urllib.request.urlopen(request, timeout=600).read()


def system_token(world):
    client = world["ehr"]["system-client"]
    basic = base64.b64encode(f"{client['id']}:{client['secret']}".encode()).decode()
    form = urllib.parse.urlencode({"grant_type": "client_credentials", "scope": "system/Patient.read"}).encode()
    return json.loads(send(world["ehr"]["token"], form, {"Authorization": "Basic " + basic}))["access_token"]


def wait_for(url, headers=()):
    last = None
    for _ in range(300):
        try:
            return send(url, headers=dict(header.split(": ", 1) for header in headers))
        except (urllib.error.URLError, ConnectionError) as error:
            last = error
            time.sleep(0.05)
    raise SystemExit(f"{url} never answered: {last}")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def nginx(folder, body):
    port = free_port()
    open(f"{folder}/patient.json", "wb").write(body)
    open(f"{folder}/nginx.conf", "w").write(f"""
        daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/errors;
        events {{ worker_connections 1024; }}
        http {{ access_log off; keepalive_requests 1000000000; default_type application/fhir+json; sendfile on;
          client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
          uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e; open_file_cache max=10;
          server {{ listen 127.0.0.1:{port}; root {folder}; }} }}""")
    process = subprocess.Popen(
        ["nginx", "-c", f"{folder}/nginx.conf", "-e", f"{folder}/errors"], preexec_fn=on(SERVER))
    try:
        wait_for(f"http://127.0.0.1:{port}/patient.json")
        return wrk(f"http://127.0.0.1:{port}/patient.json")
    finally:
        stop(process)


PYTHON_MOCKS = {
    "pytest-httpserver": ("pytest-httpserver", """
import sys, time
from pytest_httpserver import HTTPServer
server = HTTPServer(port=int(sys.argv[1]), threaded=True)
body = open(sys.argv[2], 'rb').read()
server.expect_request('/Patient/1', headers={'Authorization': 'Bearer t'}).respond_with_data(
    body, content_type='application/fhir+json')
server.start()
time.sleep(3600)"""),
    "httpbin": ("httpbin gunicorn", """
import sys
from gunicorn.app.wsgiapp import run
sys.argv = ['gunicorn', '-w', '1', '-k', 'gthread', '--threads', '4', '--keep-alive', '60', '-b', '127.0.0.1:' + sys.argv[1], 'httpbin:app']
run()"""),
    "a bare aiohttp handler": ("aiohttp", """
import sys
from aiohttp import web
body = open(sys.argv[2], 'rb').read()
async def read(request):
    if request.headers.get('Authorization') != 'Bearer t':
        return web.Response(status=401)
    return web.Response(body=body, content_type='application/fhir+json')
app = web.Application()
app.router.add_get('/Patient/1', read)
web.run_app(app, host='127.0.0.1', port=int(sys.argv[1]), print=None, access_log=None)"""),
}


def python_mocks(folder):
    """Requests a second of each mock that can be installed."""
    rates = {}
    venv = f"{folder}/venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    for name, (packages, program) in PYTHON_MOCKS.items():
        port = free_port()
        installed = subprocess.run([f"{venv}/bin/pip", "install", "-q", *packages.split()], capture_output=True)
        if installed.returncode != 0:
            print(f"  {name} cannot be installed here: not compared")
            continue
        file = f"{folder}/{port}.py"
        open(file, "w").write(program)
        process = subprocess.Popen(
            [f"{venv}/bin/python", file, str(port), f"{folder}/patient.json"], preexec_fn=on(SERVER),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            path = "/get" if name == "httpbin" else "/Patient/1"
            wait_for(f"http://127.0.0.1:{port}{path}", ["Authorization: Bearer t"])
            rates[name] = wrk(f"http://127.0.0.1:{port}{path}", ["Authorization: Bearer t"])[0]
        except SystemExit as error:
            print(f"  {name}: not compared: {str(error).splitlines()[0]}")
        finally:
            stop(process)
    return rates


def main():
    print("the mock world, release build")
    times = []
    for _ in range(9):
        begun = time.perf_counter()
        process, _ = start_mock()
        times.append((time.perf_counter() - begun) * 1000)
        stop(process)
    bar("start to ready under 300 ms (median of 9)", f"{statistics.median(times):.0f} ms", statistics.median(times) < 300)

    folder = tempfile.mkdtemp()
    os.chmod(folder, 0o755)  # nginx's worker is another user.
    try:
        process, ready = start_mock(cpus=SERVER)
        world = ready["worlds"][0]
        token = system_token(world)
        person = next(person for person in world["people"] if person["role"] == "patient")
        url = f"{world['ehr']['fhir-base']}/Patient/{person['fhir-id']}"
        headers = [f"Authorization: Bearer {token}", "Accept: application/fhir+json"]
        body = wait_for(url, headers)
        rate, p99 = wrk(url, headers)
        stop(process)
        print(f"  FHIR read with token and scope checks, recorded: {rate:,.0f} requests/s of {len(body)} bytes, p99 {p99:.2f} ms")
        bar("p99 under 10 ms at 64 connections", f"{p99:.2f} ms", p99 < 10)
        if shutil.which("nginx"):
            static, _ = nginx(folder, body)
            bar("at least 0.3 of nginx with the same bytes", f"{rate / static:.2f} (nginx {static:,.0f})", rate / static >= 0.3)
        else:
            print("  nginx is not installed: not compared")
            open(f"{folder}/patient.json", "wb").write(body)
        rates = python_mocks(folder)
        for name, value in rates.items():
            print(f"  {name}: {value:,.0f} requests/s")
        # A bare handler is no mock: nothing is matched against expectations, nothing recorded. It is shown, not judged.
        mocks = [value for name, value in rates.items() if "handler" not in name]
        if mocks:
            bar("at least 5 times the fastest Python mock", f"{rate / max(mocks):.1f}", rate / max(mocks) >= 5)
    finally:
        shutil.rmtree(folder, ignore_errors=True)

    process, ready = start_mock(["--vendor", "cerner"])
    begun = time.perf_counter()
    send(ready["ehr"] + "/-/worlds", json.dumps({"vendor": "cerner", "count": 5000}).encode(), {"Content-Type": "application/json"})
    send(ready["ehr"] + "/-/worlds", json.dumps({"vendor": "epic", "count": 4999}).encode(), {"Content-Type": "application/json"})
    seconds = time.perf_counter() - begun
    health = json.loads(send(ready["ehr"] + "/-/health"))
    peak = int(re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{process.pid}/status").read())[1]) / 1024
    stop(process)
    bar("10,000 worlds open within 2 GiB", f"{health['worlds']} worlds, {peak:.0f} MiB peak, opened in {seconds:.1f} s",
        health["worlds"] == 10_000 and peak < 2048)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
