"""Google and Outlook on this computer, for the demo: see tests/simulator."""

import base64
import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tools.devkit import config, databases, odoo_cmd, serving, venvs
from tools.devkit.errors import Problem
from tools.devkit.postgres import Connection

#: As tests/simulator/google knows its one client; Microsoft's takes any.
CREDENTIALS = {
    "GOOGLE_CLIENT_ID": "simulated.apps.googleusercontent.com",
    "GOOGLE_CLIENT_SECRET": "simulated-google-secret",
    "MICROSOFT_CLIENT_ID": "00000000-0000-0000-0000-000000000000",
    "MICROSOFT_CLIENT_SECRET": "simulated-microsoft-secret",
}
#: In the zone of the broker whose they are: the page of the simulator shows her hours.
ACCOUNTS = (
    "google:marie.tremblay@gmail.example:Marie Tremblay:America/Montreal",
    "microsoft:marie.tremblay@outlook.example:Marie Tremblay:America/Montreal",
)


def parameters(url: str) -> dict[str, str]:
    """Return the system parameters that send Odoo to the simulator at this address."""
    return {
        "immoassist_calendar_sync.google_api_endpoint": f"{url}/google/calendar/v3/",
        "immoassist_calendar_sync.google_auth_uri": f"{url}/google/o/oauth2/v2/auth",
        "immoassist_calendar_sync.google_token_uri": f"{url}/google/token",
        "immoassist_calendar_sync.google_revoke_uri": f"{url}/google/revoke",
        "immoassist_calendar_sync.google_userinfo_uri": f"{url}/google/oauth2/v2/userinfo",
        "immoassist_calendar_sync.microsoft_graph_endpoint": f"{url}/microsoft/v1.0",
        "immoassist_calendar_sync.microsoft_authority": f"{url}/microsoft/common",
    }


@contextlib.contextmanager
def running() -> Iterator[str]:
    """Run the simulator with an account at each provider; yield its address."""
    port = serving.free_port()
    words = [word for account in ACCOUNTS for word in ("--account", account)]
    child = subprocess.Popen(
        [str(venvs.odoo_python()), "-m", "tests.simulator", "--port", str(port), *words],
        cwd=config.REPO,
        env={**venvs.environment_without_venv(), "PYTHONPATH": str(config.REPO)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        # Ctrl-C in the terminal is for us alone.
        start_new_session=True,
        preexec_fn=odoo_cmd.die_with_parent,
    )
    try:
        _wait(child, port)
        yield f"http://{serving.HOST}:{port}"
    finally:
        odoo_cmd.end(child)


def _wait(child: subprocess.Popen, port: int, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and child.poll() is None:
        with contextlib.suppress(Problem):
            serving.require_free_port(port)
            time.sleep(0.1)  # between two looks at the port, until the deadline
            continue
        return
    raise Problem("The simulated Google and Outlook did not start.")


def use(connection: Connection, database: str, url: str, odoo: str) -> None:
    """Have a database go to the simulator, and be found by it.

    :param url: of the simulator
    :param odoo: of Odoo, where the browser comes back to
    """
    for name, value in {**parameters(url), "web.base.url": odoo}.items():
        databases.sql(
            connection,
            "INSERT INTO ir_config_parameter (key, value) VALUES (:'name', :'value') "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            database,
            name=name,
            value=value,
        )


def environment(database: str) -> dict[str, str]:
    """Return what Odoo needs in its environment: credentials, and an encryption key of its own."""
    return {**CREDENTIALS, "IMMOASSIST_ENCRYPTION_KEY": _key(database)}


def _key(database: str) -> str:
    """Return the key of the demo, made once: what it encrypted is in the database."""
    path: Path = config.cache_dir() / "keys" / database
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        temporary = path.with_suffix(f".{os.getpid()}")
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(base64.urlsafe_b64encode(os.urandom(32)).decode())
        temporary.rename(path)
    return path.read_text()
