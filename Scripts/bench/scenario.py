# SPDX-License-Identifier: Apache-2.0
"""scenario.py assay|tavern URL STEPS: writes a test of STEPS requests (status, one JSON value, one capture) for a runner."""
import sys

kind, url, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
if kind == "assay":
    print(f"""id: bench-requests
title: {steps} plain requests in a row
profiles: [cerner-2022-06]
verifies:
  PRV-10: [name-is-bench]
parameters:
  target: {{type: url, default: "{url}"}}
world:
  organization: {{ehr: cerner}}
  people: {{ann: patient}}
steps:""")
    for step in range(steps):
        check = "\n    check: {name-is-bench: \"json.name = 'bench'\"}" if step == 0 else ""
        print(f"""  - client requests: $(target)
    status: 200{check}
    capture: {{id-{step}: json.id}}""")
else:
    print("test_name: requests in a row\nstages:")
    for step in range(steps):
        print(f"""  - name: step {step}
    request: {{url: "{url}", method: GET}}
    response:
      status_code: 200
      json: {{name: bench}}
      strict: [json:off]
      save: {{json: {{id_{step}: id}}}}""")
