# SPDX-License-Identifier: Apache-2.0
"""many.py SCENARIOS FOLDER COUNT: COUNT scenario files made from the suite's own, each with an id of its own."""
import pathlib
import re
import sys

source, target, count = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
areas = ["cerner", "epic", "privacy", "reliability", "security"]
texts = [path.read_text() for area in areas for path in sorted((source / area).glob("*.yaml"))]
for number in range(count):
    text = re.sub(r"(?m)^id: *(\S+)", rf"id: \1-{number}", texts[number % len(texts)], count=1)
    (target / f"{number:04}.yaml").write_text(text)
