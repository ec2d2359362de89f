"""Command line: `python3 -m tools.devkit COMMAND`; the Makefile is the list of commands."""

import os
import sys


def _refuse_other_pythons():
    """Say in one sentence which Python is needed, before newer syntax is imported."""
    if not (3, 10) <= sys.version_info[:2] <= (3, 13):
        sys.exit(
            "Odoo 19 needs Python 3.10 to 3.13, this is %d.%d: try `make demo PYTHON=python3.12`."
            % sys.version_info[:2]
        )


def main(arguments):
    """Run one command; turn what the user can act on into one sentence."""
    _refuse_other_pythons()
    from tools.devkit.cli import dispatch
    from tools.devkit.errors import Problem

    # Root's PostgreSQL runs as another user, who must be able to read what is installed.
    os.umask(0o022)
    try:
        return dispatch(arguments)
    except Problem as problem:
        print(problem, file=sys.stderr)
    except OSError as error:
        if error.errno != 28:  # ENOSPC
            raise
        print("The disk is full (%s)." % error.filename, file=sys.stderr)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
