"""Every check that needs no database: `python -m tools.devkit.lint [--fix] [check ...]`.

Called by `make lint`; `LINT="ruff layers" make lint` runs some of them.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tools.devkit.errors import Problem
from tools.devkit.lint_checks import CHECKS, Context, Result


def run(python: Path, repo: Path, names: Sequence[str] = (), *, fix: bool = False) -> int:
    """Run the checks, and print the name and the result of each.

    :param python: interpreter of the environment with tools/requirements-dev.lock installed
    :param names: those to run; none: those of the variable LINT, else all
    :return: number of failed checks
    """
    wanted = list(names) or os.environ.get("LINT", "").split() or list(CHECKS)
    unknown = sorted(set(wanted) - set(CHECKS))
    if unknown:
        raise Problem(f"No check is named {', '.join(unknown)}: there are {', '.join(CHECKS)}.")
    context = Context(python.absolute(), repo.resolve(), fix)
    failed = [name for name in wanted if not _report(name, context)]
    if failed:
        print(f"lint: {len(failed)} of {len(wanted)} checks failed: {', '.join(failed)}")
    else:
        print(f"lint: {len(wanted)} checks passed")
    return len(failed)


def _report(name: str, context: Context) -> bool:
    start = time.monotonic()
    try:
        result = CHECKS[name](context)
    except (OSError, Problem) as error:  # a tool that is missing is a failed check, not a crash
        result = Result(0, failed=True, output=f"{error}\n")
    # Flushed line by line: a slow check must show which one it is.
    print(f"{name:<12} {_verdict(result, time.monotonic() - start)}", flush=True)
    if result.failed and result.output:
        print("    " + result.output.rstrip().replace("\n", "\n    "), flush=True)
    return not result.failed


def _verdict(result: Result, seconds: float) -> str:
    if result.failed:
        return "FAILED" if result.files or result.output else "FAILED (no file found)"
    if not result.files:
        return "nothing to check"
    return f"ok ({result.files} files, {seconds:.1f} s)"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="lint", description=__doc__)
    parser.add_argument("--fix", action="store_true", help="let the tools repair what they can")
    parser.add_argument("checks", nargs="*", help=f"of: {', '.join(CHECKS)}")
    options = parser.parse_args(arguments)
    repo = Path(__file__).resolve().parents[2]
    try:
        return min(run(Path(sys.executable), repo, options.checks, fix=options.fix), 1)
    except Problem as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
