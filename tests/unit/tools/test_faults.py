import pytest

from tools.devkit import config, faults, figures
from tools.devkit.errors import Problem

FOUND = {
    "disk_full": {
        "fault": "No space",
        "held": "Whole or not at all",
        "lost": [],
        "figures": {"told that it is booked": 7, "overlaps": 0},
        "notes": ["2 in the log: why"],
        "seconds": 61.2,
        "log": [],
    },
    "clock": {
        "fault": "A jump",
        "held": "Once",
        "lost": ["Traceback\n  1 reminder missing\n", "2 stuck"],
        "figures": {"told that it is booked": 9},
        "notes": [],
        "seconds": 5.0,
        "log": [],
    },
}


def test_every_scenario_tells_what_it_does():
    for name in faults.chosen([]):
        source = (config.REPO / "tests" / "faults" / f"{name}.py").read_text()
        for needed in ("FAULT = ", "HELD = ", "SECONDS = ", "def run(seconds):"):
            assert needed in source, f"{name} lacks {needed}"


def test_unknown_name():
    with pytest.raises(Problem, match="no_such"):
        faults.chosen(["no_such"])


def test_report():
    text = faults.report("2026-11-29, here.", FOUND)
    assert "| disk_full | No space | Whole or not at all | nothing |" in text
    assert "|   1 reminder missing<br>2 stuck |" in text
    assert "| told that it is booked | 7 | 9 |" in text
    assert "| overlaps | 0 | |" in text
    assert "- disk_full: 2 in the log: why." in text


def test_summary():
    text = faults.summary("2026-11-29, commit 1, 2 cores; Odoo 19", FOUND)
    assert text.startswith("2026-11-29, commit 1, 2 cores.\n")
    assert "| disk full | 7 | nothing |" in text
    assert "| clock | 9 | 2 |" in text


def test_the_report_and_the_summary_have_their_places():
    for document in (faults.REPORT, figures.SUMMARY):
        figures.require(document, [faults.NAME])
