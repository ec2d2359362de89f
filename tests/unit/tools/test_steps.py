"""Install steps killed at any point are repaired by the next run."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tools.devkit import config, locks
from tools.devkit.errors import Problem

SLOW = """
import sys, time
from pathlib import Path
from tools.devkit import locks

def build(folder):
    (folder / "half").write_text("half")
    print("half", flush=True)
    time.sleep(float(sys.argv[2]))
    (folder / "whole").write_text("whole")

locks.step(Path(sys.argv[1]), "building", build, in_place=sys.argv[3] == "in_place")
print("done", flush=True)
"""


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def start(target, seconds, place):
    return subprocess.Popen(
        [sys.executable, "-c", SLOW, str(target), str(seconds), place],
        cwd=config.REPO,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process):
    with process:
        return process.communicate(timeout=30)


@pytest.mark.parametrize("place", ["in_place", "beside"])
def test_killed_step_is_made_again(cache, place):
    target = cache / "target"
    killed = start(target, 60, place)
    assert killed.stdout.readline() == "half\n"
    os.kill(killed.pid, signal.SIGKILL)
    finish(killed)
    assert not locks.is_complete(target)

    out, _ = finish(start(target, 0, place))
    assert out == "half\ndone\n"
    assert locks.is_complete(target)
    assert sorted(path.name for path in target.iterdir()) == ["half", "whole"]
    assert not target.with_name("target.partial").exists()


def test_second_run_waits_for_the_first_and_builds_nothing(cache):
    target = cache / "target"
    first = start(target, 1.5, "beside")
    assert first.stdout.readline() == "half\n"
    begin = time.monotonic()
    out, err = finish(start(target, 0, "beside"))
    assert time.monotonic() - begin > 0.5
    assert out == "done\n"
    assert "Another run is building" in err
    assert finish(first)[0] == "done\n"


def test_failed_step_leaves_nothing_that_looks_whole(cache):
    target = cache / "target"

    def build(folder):
        raise Problem("no network")

    with pytest.raises(Problem):
        locks.step(target, "building", build)
    assert not locks.is_complete(target)


def test_too_small_a_disk_is_said_before_starting(cache):
    with pytest.raises(Problem, match="free disk space"):
        locks.step(cache / "target", "Building", lambda folder: None, megabytes=10**9)
