"""`make demo`: from an empty machine to a running Odoo with our addons and demo data."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator

from tools.devkit import (
    config,
    contents,
    databases,
    locks,
    odoo_tree,
    postgres,
    serving,
    simulated,
    templates,
    venvs,
)
from tools.devkit.console import Timer, require_space, say
from tools.devkit.errors import Problem
from tools.devkit.postgres import Connection


def run() -> int:
    """Serve the demo database until Ctrl-C; PORT, DB and FRESH come from the environment."""
    port = _port(os.environ.get("PORT") or "8069")
    name = databases.checked_name(os.environ.get("DB") or "immoassist_demo")
    serving.require_free_port(port)
    if not config.present_addons():
        raise Problem(f"None of our addons is in {config.REPO}: {', '.join(config.ADDONS)}.")
    with _own_terminal(), Timer() as timer:
        require_space(config.cache_dir(), 300, "The demo")
        odoo_tree.get()
        venvs.odoo_python()
        with postgres.running() as connection:
            _make_current(connection, name)
            with simulated.running() as calendars:
                simulated.use(connection, name, calendars, f"http://{serving.HOST}:{port}")
                _serve(connection, name, port, timer, calendars)
    say("Stopped.")
    return 0


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Problem(f"PORT is {text!r}: a number from 1 to 65535 is needed.")
    return int(text)


def _make_current(connection: Connection, name: str) -> None:
    """Make the demo database, or update it for what changed in the addons since."""
    with locks.locked(f"demo-{name}", "making the demo database"):
        state = databases.read_state(connection, name)
        if state == {}:
            raise Problem(
                f"The database {name} exists and `make demo` did not make it: choose another "
                "name, as in `make demo DB=immoassist_demo2`."
            )
        wanted = contents.fingerprints()
        if state is None or os.environ.get("FRESH"):
            templates.fresh(connection, name, demo=True)
        elif state.get("addons") != wanted:
            _update(connection, name, state, wanted)


def _update(connection: Connection, name: str, state: dict, wanted: dict[str, str]) -> None:
    try:
        templates.update(connection, name, state.get("addons", {}), wanted)
    except Problem as problem:
        raise Problem(f"{problem}\n`make demo FRESH=1` starts over with a new database.") from None
    databases.write_state(connection, name, {**state, "addons": wanted})


def _serve(connection: Connection, name: str, port: int, timer: Timer, calendars: str) -> None:
    log = config.log_dir() / f"demo-{name}.log"
    log.write_text("")
    say("Starting Odoo...")
    child = serving.start(connection, name, port, log, env=simulated.environment(name))
    try:
        serving.wait_until_ready(child, port, log)
        _announce(port, log, timer, calendars)
        code = child.wait()
        raise Problem(f"Odoo ended by itself with code {code}; its log is {log}.")
    except KeyboardInterrupt:
        say("\nStopping...")
    finally:
        serving.odoo_cmd.end(child)


def _announce(port: int, log: object, timer: Timer, calendars: str) -> None:
    address = f"http://{serving.HOST}:{port}"
    lines = [
        f"Ready in {timer.seconds:.0f} s.",
        f"  Back office   {address}/odoo     admin / admin, or the broker marie / marie",
    ]
    if "immoassist_booking" in config.present_addons():
        lines.append(f"  Public page   {address}/book/marie-tremblay")
    lines += [
        f"  Calendars     {calendars}/     a simulated Google and Outlook: connect them in Odoo's",
        "                Appointments › My calendars. Nothing leaves this machine, and they forget",
        "                everything when the demo stops: then press Reconnect.",
    ]
    lines += [f"  Odoo's log    {log}", "Ctrl-C stops it."]
    print("\n".join(lines), flush=True)


@contextlib.contextmanager
def _own_terminal() -> Iterator[None]:
    """Receive Ctrl-C alone, so that `make`, which would end with an error, does not see it.

    What a shell does for its jobs: a process group of our own, in the terminal's foreground.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.default_int_handler)
    try:
        terminal = sys.stdin.fileno()
        before = os.tcgetpgrp(terminal)
    except (OSError, ValueError):
        yield
        return
    if before != os.getpgrp():
        yield
        return
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(terminal, os.getpgrp())
    try:
        yield
    finally:
        os.tcsetpgrp(terminal, before)
