"""Only an answer about every package is good news."""

import json

from tools.devkit.audit import judge_javascript, judge_python

FINE = {"name": "a", "version": "1", "vulns": []}
HOLE = {"id": "CVE-2026-1", "fix_versions": ["2"]}


def python(*packages):
    return judge_python("x.lock", json.dumps({"dependencies": packages}), "")


def test_all_known_and_none_vulnerable():
    audit = python(FINE, FINE)
    assert audit.good
    assert audit.lines() == ["x.lock: 0 known vulnerabilities in 2 packages"]


def test_a_vulnerability_is_told():
    audit = python(FINE, {**FINE, "vulns": [HOLE]})
    assert not audit.good
    assert audit.lines()[1] == "  a 1: CVE-2026-1, mended in 2"


def test_what_the_service_does_not_know_is_no_good_news():
    audit = python(FINE, {"name": "b", "skip_reason": "Dependency not found on PyPI"})
    assert not audit.good
    assert "NOT AUDITED: 1" in audit.lines()[1]


def test_no_answer_is_no_good_news():
    audit = judge_python("x.lock", "", "Traceback\nConnectionError: cannot reach it\n")
    assert not audit.good
    assert audit.lines() == ["x.lock: NOT AUDITED: ConnectionError: cannot reach it"]
    assert not judge_python("x.lock", "", "").good
    assert not python().good


def test_npm():
    def judge(found, total=3):
        report = {"vulnerabilities": found, "metadata": {"dependencies": {"total": total}}}
        return judge_javascript("package-lock.json", json.dumps(report), "")

    assert judge({}).good
    bad = judge({"x": {"severity": "high", "range": "<2"}})
    assert bad.lines()[1] == "  x: high, <2"
    assert not bad.good
    assert not judge({}, total=0).good
    said = "npm warn x\nnpm error audit endpoint returned an error\nnpm error A log\n"
    silent = judge_javascript("package-lock.json", '{"error": {"code": "ENOAUDIT"}}', said)
    assert silent.failure == "npm error audit endpoint returned an error"
