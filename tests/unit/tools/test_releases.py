"""Earlier releases are found by their tags, and without tags by their commits."""

import subprocess

import pytest

from tools.devkit import config, releases
from tools.devkit.errors import Problem

WHO = ("-c", "user.name=Ann", "-c", "user.email=ann@agency.example")


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Two commits; returns what runs git there."""

    def git(*words):
        command = ["git", "-C", str(tmp_path), *WHO, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "--quiet")
    for name in ("first", "second"):
        (tmp_path / name).touch()
        git("add", name)
        git("commit", "--quiet", "-m", name)
    monkeypatch.setattr(config, "REPO", tmp_path)
    monkeypatch.setattr(releases, "COMMITS", {"19.0.1.0.0": git("rev-parse", "HEAD~1")})
    monkeypatch.delenv("RELEASES", raising=False)
    return git


def test_first_and_last_by_their_tags(repository):
    for tag in ("19.0.1.9.0", "19.0.1.10.0", "19.0.1.2.0", "18.0.1.0.0"):
        repository("tag", tag)
    assert releases.wanted() == ["19.0.1.2.0", "19.0.1.10.0"]
    assert releases._commit("19.0.1.2.0") == repository("rev-parse", "HEAD")


def test_a_clone_without_tags(repository):
    assert releases.wanted() == ["19.0.1.0.0"]
    assert releases._commit("19.0.1.0.0") == repository("rev-parse", "HEAD~1")


@pytest.mark.usefixtures("repository")
def test_a_release_that_is_not_here():
    with pytest.raises(Problem, match="lacks the release"):
        releases._commit("1.2.3")


def test_chosen_by_hand(monkeypatch):
    monkeypatch.setenv("RELEASES", "19.0.1.0.0 19.0.1.1.0")
    assert releases.wanted() == ["19.0.1.0.0", "19.0.1.1.0"]


def test_unpacked_with_the_files_of_that_commit(repository, tmp_path):
    target = tmp_path / "unpacked"
    target.mkdir()
    releases._unpack(repository("rev-parse", "HEAD~1"), target)
    assert [path.name for path in target.iterdir()] == ["first"]
