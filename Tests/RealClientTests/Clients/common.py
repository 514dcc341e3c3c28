# SPDX-License-Identifier: Apache-2.0
"""What all scripts of this folder share: the ready line of `assay mock`, and a way to say what holds."""

import json
import sys
import urllib.request

READY = json.load(open(sys.argv[1], encoding="utf-8"))
TRUST = (READY.get("tls") or {}).get("trust")
count = 0


def check(holds, what):
    """Ends the script with what did not hold; the test prints it."""
    global count
    if not holds:
        sys.exit(f"does not hold: {what}")
    count += 1


def done():
    print(f"{count} hold")


class Stay(urllib.request.HTTPRedirectHandler):
    """Leaves a redirect to who asked."""

    def redirect_request(self, *arguments):
        return None
