# SPDX-License-Identifier: Apache-2.0
"""measure.py FILE COMMAND…: runs COMMAND silently; writes seconds, peak KiB and processor seconds of it to FILE."""
import resource
import subprocess
import sys
import time

start = time.monotonic()
done = subprocess.run(sys.argv[2:], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
seconds = time.monotonic() - start
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.write(f"{seconds:.3f} {usage.ru_maxrss} {usage.ru_utime + usage.ru_stime:.3f}\n")
if done.returncode != 0 and "scan" not in sys.argv:
    print(f"  {' '.join(sys.argv[2:4])} ended with {done.returncode}:", file=sys.stderr)
    print("\n".join(f"    {line}" for line in done.stdout.decode(errors="replace").splitlines()[-8:]), file=sys.stderr)
    # A run that is incomplete (a selection of a profile) has run all the same, and so has a judgement that leaves something open.
    # A scan that found what was planted has scanned.
    fine = done.returncode in (0, 2) and ("run" in sys.argv or "judge" in sys.argv) or done.returncode == 1 and "scan" in sys.argv
    sys.exit(0 if fine else 1)
