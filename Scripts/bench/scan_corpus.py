# SPDX-License-Identifier: Apache-2.0
"""scan_corpus.py FOLDER MEBIBYTES: what the canary search is measured on.

log.txt        a synthetic log: lines of a service, JSON lines, URLs, identifiers, digests, tokens
patterns.txt   5,000 literals of 11 to 126 bytes: forms of 160 values, some encoded, none in the log but where planted
canaries.json  the 160 values
planted.txt    how many literals and how many values stand in the log
"""
import base64
import hashlib
import json
import random
import sys
import urllib.parse

folder, size = sys.argv[1], int(sys.argv[2]) << 20
draw = random.Random(20)
WORDS = (
    "GET POST meeting created for tenant took subscription renewed graph callback lobby admitted token refreshed retry "
    "scheduler appointment queue visit participant joined left connection pool exhausted upstream answered with cache "
    "miss hit organizer permission granted webhook delivered validation handler worker started finished"
).split()


def word(count):
    return "".join(draw.choice("bcdfghklmnprstvwz" if i % 2 == 0 else "aeiou") for i in range(count))


def digits(count):
    return str(draw.randrange(1, 10)) + "".join(draw.choice("0123456789") for _ in range(count - 1))


def hexadecimal(count):
    return "".join(draw.choice("0123456789abcdef") for _ in range(count))


def uuid():
    return "-".join(hexadecimal(n) for n in (8, 4, 4, 4, 12))


def stamp():
    return "2026-11-21T%02d:%02d:%02d.%03dZ" % (
        draw.randrange(24), draw.randrange(60), draw.randrange(60), draw.randrange(1000))


def line():
    kind = draw.randrange(100)
    text = " ".join(draw.choice(WORDS) for _ in range(draw.randrange(4, 12)))
    if kind < 60:
        extra = [
            lambda: "request_id=" + uuid(), lambda: "duration_ms=%d" % draw.randrange(2000),
            lambda: "status=%d" % draw.choice([200, 201, 204, 404, 429]), lambda: "trace=" + hexadecimal(32),
            lambda: "peer=10.%d.%d.%d" % (draw.randrange(256), draw.randrange(256), draw.randrange(256)),
            lambda: "user=EMP" + digits(9),
        ]
        fields = " ".join(make() for make in draw.sample(extra, draw.randrange(1, 4)))
        return "%s %s [worker-%d] %s %s\n" % (stamp(), draw.choice(["INFO", "WARN", "DEBUG"]), draw.randrange(16), text, fields)
    if kind < 85:
        return json.dumps({
            "time": stamp(), "level": draw.choice(["info", "warning"]), "message": text, "request": uuid(),
            "status": draw.choice([200, 404]), "duration": draw.randrange(5000)}) + "\n"
    if kind < 95:
        return '10.0.%d.%d - - [21/Nov/2026:%02d:%02d:%02d +0000] "GET /v1/visits/%s?redirect=%s HTTP/1.1" 200 %d\n' % (
            draw.randrange(256), draw.randrange(256), draw.randrange(24), draw.randrange(60), draw.randrange(60), uuid(),
            urllib.parse.quote("https://portal.example/%s/%s" % (draw.choice(WORDS), hexadecimal(8)), safe=""),
            draw.randrange(90000))
    if kind < 98:
        return "%s DEBUG etag=%s digest=%s\n" % (
            stamp(), base64.b64encode(draw.randbytes(18)).decode(), hashlib.sha256(draw.randbytes(8)).hexdigest())
    return "%s DEBUG bearer %s.%s\n" % (
        stamp(), base64.urlsafe_b64encode(json.dumps({"sub": uuid(), "exp": draw.randrange(1 << 31)}).encode()).decode().rstrip("="),
        base64.urlsafe_b64encode(draw.randbytes(64)).decode().rstrip("="))


def forms(value):
    raw = value.encode()
    made = [value, value.lower(), value.upper(), value[::-1], value.replace(" ", "+"), value.replace(" ", "-")]
    made += ["".join("%%%02X" % b for b in raw), "".join("%%%02x" % b for b in raw), "".join("\\u%04x" % b for b in raw)]
    made += ["".join("&#%d;" % b for b in raw), "".join("\\x%02x" % b for b in raw), "".join("=%02X" % b for b in raw)]
    made += [raw.hex(), raw.hex().upper(), base64.b32encode(raw).decode().rstrip("=")]
    for lead in range(3):
        text = base64.b64encode(b"\0" * lead + raw).decode()
        made.append(text[[0, 2, 3][lead]:(lead + len(raw)) * 8 // 6])
        made.append(made[-1].replace("+", "-").replace("/", "_"))
    for make in (hashlib.md5, hashlib.sha1, hashlib.sha256):
        for spelling in (value, value.lower()):
            made += [make(spelling.encode()).hexdigest(), base64.b64encode(make(spelling.encode()).digest()).decode()]
    return [form for form in made if 11 <= len(form) <= 126]


values = {}
for person in range(20):
    values["p%02d.name" % person] = word(7).capitalize() + " " + word(11).capitalize()
    values["p%02d.phone" % person] = "+1%s55501%02d" % (draw.choice(["602", "713", "808"]), person * 5)
    values["p%02d.dob" % person] = "19%02d-%02d-%02d" % (40 + person * 3, draw.randrange(1, 13), draw.randrange(13, 29))
    values["p%02d.email" % person] = word(9) + "." + digits(3) + "@example.org"
    values["p%02d.mrn" % person] = digits(10)
    values["p%02d.ssn" % person] = "9%s-%02d-%s" % (digits(2), draw.randrange(50), digits(4))
    values["p%02d.address" % person] = "%s %s Street" % (digits(4), word(10).capitalize())
    values["p%02d.reason" % person] = "Ongoing %s since Tuesday" % word(11)

literals = []
for value in values.values():
    literals += forms(value)
literals = list(dict.fromkeys(literals))
while len(literals) < 5000:
    literals.append("".join(draw.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(draw.randrange(11, 60))))
literals = literals[:5000]
lines = [line() for _ in range(40000)]
plant = list(values.items())
with open(folder + "/log.txt", "w", encoding="utf-8") as log:
    written = planted = 0
    while written < size:
        if written // (512 << 10) > planted:
            name, value = plant[planted % len(plant)]
            text = "%s INFO looked up %s, then %s done\n" % (stamp(), value, literals[(planted * 7) % 5000])
            planted += 1
        else:
            text = lines[draw.randrange(len(lines))]
        log.write(text)
        written += len(text)
with open(folder + "/patterns.txt", "w", encoding="utf-8") as file:
    file.write("\n".join(literals) + "\n")
with open(folder + "/canaries.json", "w", encoding="utf-8") as file:
    json.dump({"canaries": values}, file)
with open(folder + "/planted.txt", "w", encoding="utf-8") as file:
    file.write("%d\n" % planted)
