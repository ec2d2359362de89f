"""``python -m tests.simulator``: both providers in a process of their own."""

from __future__ import annotations

import argparse
import contextlib

from .server import Simulator


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=8999)
    parser.add_argument(
        "--account",
        action="append",
        default=[],
        metavar="PROVIDER:EMAIL[:NAME[:ZONE]]",
        help="an account to begin with; may be repeated",
    )
    options = parser.parse_args()
    simulator = Simulator(options.port)
    for account in options.account:
        provider, *words = account.split(":", 3)
        fields = dict(zip(("email", "name", "zone"), words, strict=False))
        simulator.sides[provider].create_account(**fields)
    print(
        f"Simulated Google and Outlook at {simulator.url} (nothing leaves this computer)",
        flush=True,
    )
    with contextlib.suppress(KeyboardInterrupt):
        simulator.serve()


if __name__ == "__main__":
    main()
