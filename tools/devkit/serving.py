"""Starts Odoo's web server and waits until it answers."""

import http.client
import socket
import subprocess
import time
from pathlib import Path

from tools.devkit import odoo_cmd
from tools.devkit.console import tail
from tools.devkit.errors import Problem
from tools.devkit.postgres import Connection

HOST = "127.0.0.1"


def require_free_port(port: int) -> None:
    """Raise Problem when another program listens on the port."""
    with socket.socket() as probe:
        # As Odoo does: a port that was just left is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise Problem(
                f"Port {port} cannot be used ({error.strerror}): stop the program that has it, "
                f"or choose another one, as in `make demo PORT={port + 1}`."
            ) from error


def free_port() -> int:
    """Return a port of the loopback interface that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def start(
    connection: Connection,
    database: str,
    port: int,
    log: Path,
    *options: str,
    env: dict[str, str] | None = None,
) -> subprocess.Popen:
    """Start the server of one database, with its log appended to a file; return at once."""
    with log.open("a") as output:
        return odoo_cmd.start(
            connection,
            # As in production, by name alone: a filter has Odoo ask for the list in each request.
            *("-d", database, "--http-port", str(port)),
            *("--http-interface", HOST, *options),
            extra_env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            # Ctrl-C in the terminal is for us alone: we then stop Odoo once, cleanly.
            start_new_session=True,
        )


def wait_until_ready(child: subprocess.Popen, port: int, log: Path, seconds: float = 120) -> None:
    """Return when the server answers; raise Problem when it ends or stays silent."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise Problem(f"Odoo ended with code {child.returncode}; its log is {log}:{tail(log)}")
        if _answers(port):
            return
        time.sleep(0.2)
    raise Problem(f"Odoo gave no answer in {seconds:.0f} s; its log is {log}:{tail(log)}")


def _answers(port: int) -> bool:
    client = http.client.HTTPConnection(HOST, port, timeout=20)
    try:
        # Beside health, a page: it makes Odoo load the database before somebody waits for it.
        for path in ("/web/health", "/web/login"):
            client.request("GET", path)
            response = client.getresponse()
            response.read()
            if response.status != http.client.OK:
                return False
    except (OSError, http.client.HTTPException):
        return False
    finally:
        client.close()
    return True
