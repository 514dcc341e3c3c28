# SPDX-License-Identifier: Apache-2.0
"""fhirpath.py EXPRESSIONS RESOURCE OURS: times fhirpathpy on the same expressions and resource, and prints ratios.

OURS holds the lines of `assay bench-fhirpath`. All times are processor time of one call, the best of several rounds.
"""
import json
import sys
import time

import fhirpathpy
from fhirpathpy.models import models


def nanoseconds(body):
    calls, best, rounds = 1, float("inf"), 0
    while rounds < 5:
        start = time.process_time_ns()
        for _ in range(calls):
            body()
        spent = time.process_time_ns() - start
        if spent < 20_000_000:
            calls *= 2
            continue
        best = min(best, spent / calls)
        rounds += 1
    return best


def main():
    resource = json.load(open(sys.argv[2], encoding="utf-8"))
    ours = [json.loads(line) for line in open(sys.argv[3], encoding="utf-8")]
    model = models["r4"]
    print(f"  {'':52} {'parse':>8} {'evaluate':>9} {'both':>7} {'assay':>9} {'fhirpathpy':>11}")
    worst, skipped = {"parse": float("inf"), "evaluate": float("inf"), "both": float("inf")}, []
    for row in ours:
        text = row["expression"]
        try:
            compiled = fhirpathpy.compile(text, model)
            compiled(resource)
        except Exception as error:  # the peer does not know everything
            skipped.append(f"{text}: {type(error).__name__}")
            continue
        parse = nanoseconds(lambda: fhirpathpy.compile(text, model))
        evaluate = nanoseconds(lambda: compiled(resource))
        mine = row["parse"] + row["evaluate"]
        ratios = {
            "parse": parse / row["parse"],
            "evaluate": evaluate / row["evaluate"],
            "both": (parse + evaluate) / mine,
        }
        for name, ratio in ratios.items():
            worst[name] = min(worst[name], ratio)
        print(
            f"  {text[:52]:52} {ratios['parse']:7.0f}x {ratios['evaluate']:8.0f}x {ratios['both']:6.0f}x"
            f" {mine / 1000:6.2f} µs {(parse + evaluate) / 1000:8.1f} µs"
        )
    for line in skipped:
        print(f"  not comparable, fhirpathpy refuses: {line}")
    print(
        f"  worst: parse {worst['parse']:.0f}x, evaluate {worst['evaluate']:.0f}x, parse and evaluate"
        f" {worst['both']:.0f}x as fast as fhirpathpy {fhirpathpy.__version__ if hasattr(fhirpathpy, '__version__') else ''}"
    )
    verdict = "met" if worst["both"] >= 50 else "MISSED"
    print(f"  bar: parse and evaluate at least 50x, every expression: {verdict}")


main()
