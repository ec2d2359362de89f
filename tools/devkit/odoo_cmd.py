"""Runs Odoo: which Python, which import path, which configuration, which database server."""

import ctypes
import os
import signal
import subprocess
from pathlib import Path

from tools.devkit import config, odoo_tree, venvs
from tools.devkit.postgres import Connection

_PR_SET_PDEATHSIG = 1


def command(*arguments: str) -> list[str]:
    """Return the command line of the real Odoo with these arguments."""
    return [str(venvs.odoo_python()), str(config.REPO / "tools" / "bin" / "odoo-bin"), *arguments]


def environment(connection: Connection) -> dict[str, str]:
    """Return the environment of an Odoo process."""
    tree = odoo_tree.get()
    return {
        **venvs.environment_without_venv(),
        **connection.env,
        "PYTHONPATH": str(tree.path),
        "ODOO_RC": str(_configuration(tree)),
    }


def start(
    connection: Connection, *arguments: str, extra_env: dict[str, str] | None = None, **options
) -> subprocess.Popen:
    """Start Odoo as a child that dies with us, and that holds our claim on PostgreSQL."""
    return subprocess.Popen(
        command(*arguments),
        env={**environment(connection), **(extra_env or {})},
        pass_fds=connection.lock_fds,
        preexec_fn=die_with_parent,
        **options,
    )


def end(child: subprocess.Popen, seconds: float = 20) -> None:
    """Stop a child cleanly, or by force when it does not listen."""
    if child.poll() is None:
        child.terminate()
    try:
        child.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def die_with_parent() -> None:
    """Ask the kernel to end this process when its parent is killed (Linux only)."""
    with_prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if with_prctl:
        with_prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _configuration(tree: odoo_tree.Tree) -> Path:
    """Write the configuration file: `-c FILE` on the command line replaces it as a whole."""
    addons = [str(folder) for folder in tree.addons]
    if config.present_addons():  # Odoo refuses a folder without addons
        addons.append(str(config.REPO))
    text = (
        "[options]\n"
        f"addons_path = {','.join(addons)}\n"
        f"data_dir = {config.data_dir()}\n"
        "http_interface = 127.0.0.1\n"
        "admin_passwd = admin\n"
        "list_db = True\n"
    )
    folder = config.cache_dir() / "conf"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{config.short_hash(text)}.conf"
    if not target.exists():
        temporary = target.with_suffix(f".{os.getpid()}")
        temporary.write_text(text)
        temporary.rename(target)
    return target


def run(arguments: list[str]) -> int:
    """Run Odoo in the foreground with any arguments; return its exit code (`tools/odoo`)."""
    from tools.devkit import postgres

    odoo_tree.get()
    with postgres.running() as connection:
        child = start(connection, *arguments)
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                # The terminal sent Ctrl-C to Odoo as well: wait for its own clean stop.
                continue
