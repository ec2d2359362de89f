"""What a user can act on is one sentence with an exit code, never a traceback."""

import os
import socket
import subprocess
import sys

import pytest

from tools.devkit import config


def devkit(command, cache, **variables):
    env = {**os.environ, "XDG_CACHE_HOME": str(cache), **variables}
    done = subprocess.run(
        [sys.executable, "-m", "tools.devkit", *command.split()],
        cwd=config.REPO,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr.strip()


def test_occupied_port(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, said = devkit("demo", tmp_path, PORT=str(port))
    assert code == 1
    assert said.startswith(f"Port {port} cannot be used")
    assert f"PORT={port + 1}" in said


@pytest.mark.parametrize(
    ("command", "variables", "sentence"),
    [
        ("demo", {"PORT": "many"}, "PORT is 'many'"),
        ("demo", {"DB": "a b"}, "'a b' is no usable database name"),
        ("nonsense", {}, "Unknown command 'nonsense'"),
        ("odoo --version", {"ODOO_HOME": "/nowhere"}, "ODOO_HOME is /nowhere"),
        ("odoo --version", {"PATH": "/nowhere"}, "Odoo comes from Debian's packages"),
    ],
)
def test_other_mistakes(tmp_path, command, variables, sentence):
    code, said = devkit(command, tmp_path, **variables)
    assert code == 1
    assert said.startswith(sentence)


def test_cache_that_cannot_be_written(tmp_path):
    (tmp_path / "immoassist").write_text("a file, not a folder")
    code, said = devkit("odoo --version", tmp_path)
    assert code == 1
    assert "cannot be written" in said


def test_too_old_a_python_is_named():
    program = (
        "import sys; sys.version_info = (3, 9, 1); sys.argv[1:] = ['demo'];"
        "import runpy; runpy.run_module('tools.devkit', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=config.REPO, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "Python 3.10 to 3.13" in done.stderr
