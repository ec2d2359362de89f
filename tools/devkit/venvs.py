"""The virtual environments: one that runs Odoo, one that checks and tests, one that audits them."""

import importlib.util
import os
import subprocess
import sys
import venv
from pathlib import Path

from tools.devkit import apt, config, locks
from tools.devkit.console import say, tail
from tools.devkit.errors import Problem


def odoo_python() -> Path:
    """Return the Python that has what Odoo imports, installing it when missing."""
    return _environment("odoo", config.ODOO_LOCK, megabytes=900)


def dev_python() -> Path:
    """Return the Python that has pytest, Playwright and the linters, installing it when missing."""
    return _environment("dev", config.DEV_LOCK, megabytes=700)


def audit_python() -> Path:
    """Return the Python that has pip-audit, installing it when missing."""
    return _environment("audit", config.AUDIT_LOCK, megabytes=60, more=())


def _environment(
    kind: str, lock: Path, megabytes: int, more: tuple[Path, ...] = (config.ADDONS_REQUIREMENTS,)
) -> Path:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    wanted = (lock, *more)
    key = config.short_hash(*(file.read_text() for file in wanted), sys.base_prefix)
    target = config.cache_dir() / "venvs" / f"{kind}-py{version}-{key}"

    def build(folder: Path) -> None:
        say(f"Installing the Python packages of {lock.name} (about {megabytes} MB unpacked)...")
        venv.EnvBuilder(with_pip=False, symlinks=True, clear=True).create(folder)
        _pip_install(folder / "bin" / "python", wanted)

    doing = f"installing the Python packages of {lock.name}"
    locks.step(target, doing, build, in_place=True, megabytes=megabytes)
    return target / "bin" / "python"


def _pip_install(python: Path, files: tuple[Path, ...]) -> None:
    pip_install(python, files[0].name, *(word for file in files for word in ("-r", str(file))))


def pip_install(python: Path, what: str, *words: str) -> None:
    """Install wheels, exactly those named, with the pip of nobody in particular."""
    log = config.log_dir() / f"pip-{Path(what).stem}.log"
    command = [
        *(str(python), "-c", _RUN_PIP, str(_pip_wheel()), "install", "--only-binary", ":all:"),
        *("--no-deps", "--no-warn-script-location", "--disable-pip-version-check"),
        *words,
    ]
    with log.open("w") as output:
        done = subprocess.run(command, stdout=output, stderr=output, check=False)
    if done.returncode:
        raise Problem(
            f"The packages of {what} could not be installed (is there a network?); "
            f"pip said, in {log}:{tail(log, 6)}"
        )


#: Runs pip from inside its wheel, so that no pip has to be installed first.
_RUN_PIP = """
import runpy, sys
sys.path.insert(0, sys.argv.pop(1))
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""


def _pip_wheel() -> Path:
    """Find a pip wheel: Python's own, Debian's, or else download Debian's."""
    spec = importlib.util.find_spec("ensurepip")
    bundled = Path(spec.origin).parent / "_bundled" if spec and spec.origin else None
    for folder in (bundled, Path("/usr/share/python-wheels")):
        wheels = sorted(folder.glob("pip-*.whl")) if folder else []
        if wheels:
            return wheels[-1]
    return _debian_pip_wheel()


def _debian_pip_wheel() -> Path:
    target = config.cache_dir() / "pip-wheel"

    def build(folder: Path) -> None:
        debs = apt.download("stable", ["python3-pip-whl"], folder, "Getting pip")
        apt.extract(debs, folder)

    locks.step(target, "getting pip", build)
    wheels = sorted(target.glob("usr/share/python-wheels/pip-*.whl"))
    if not wheels:
        raise Problem("This Python has no pip: `apt-get install python3-venv`.")
    return wheels[-1]


def environment_without_venv() -> dict[str, str]:
    """Return os.environ less what would make a child Python look in another environment."""
    drop = {"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV"}
    return {name: value for name, value in os.environ.items() if name not in drop}
