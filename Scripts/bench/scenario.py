# SPDX-License-Identifier: Apache-2.0
"""scenario.py assay|tavern URL STEPS: writes a test of STEPS requests (status, one JSON value, one capture) for a runner."""
import sys

kind, url, steps = sys.argv[1], sys.argv[2], int(sys.argv[3])
if kind == "assay":
    print(f"""id: bench-requests
title: {steps} plain requests in a row
profiles: [cerner-2022-06]
verifies:
  PRV-10: [{", ".join(f"name-is-bench-{step}" for step in range(steps))}]
parameters:
  target: {{type: url, default: "{url}"}}
world:
  organization: {{ehr: cerner}}
  people: {{ann: patient}}
steps:""")
    for step in range(steps):
        check = f"\n    check: {{name-is-bench-{step}: \"json.name = 'bench'\"}}"
        # A capture that nobody uses is a mistake: each step names the one before.
        seen = f"?after=$(id-{step - 1})" if step else ""
        capture = f"\n    capture: {{id-{step}: json.id}}" if step < steps - 1 else ""
        print(f"""  - client requests: $(target){seen}
    status: 200{check}{capture}""")
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
