"""Runs one scenario, and writes what it found as JSON: `python -m tests.faults._run NAME FILE`.

A scenario is a file of this folder with `FAULT`, what is injected in words, `HELD`, what that
asks of the product, and `run(seconds)`, which returns `_checks.Findings`.
"""

import importlib
import json
import os
import sys
import time
import traceback


def main(name, target):
    scenario = importlib.import_module(f"tests.faults.{name}")
    begin = time.monotonic()
    answer = {"fault": scenario.FAULT, "held": scenario.HELD}
    try:
        found = scenario.run(float(os.environ.get("FAULT_SECONDS") or scenario.SECONDS))
        answer |= vars(found)
    except Exception:  # whatever it is, the report says so, and the other scenarios run
        answer |= {"figures": {}, "lost": [traceback.format_exc()], "notes": [], "log": []}
    answer["seconds"] = time.monotonic() - begin
    with open(target, "w") as output:
        json.dump(answer, output)


if __name__ == "__main__":
    main(*sys.argv[1:])
