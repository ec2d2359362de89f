"""What is read from Odoo's log: texts below are Odoo 19's own."""

from tools.devkit import odoo_log
from tools.devkit.log_allowlist import ALLOWED, Allowed, reason
from tools.devkit.odoo_tests import judge
from tools.devkit.outcome import Outcome

STAMP = "2026-11-22 16:18:29,917 18829"
TESTS = "odoo.addons.foo.tests.test_x"


def log(*lines):
    return odoo_log.entries("\n".join(lines))


def judged(*lines, tested=("foo",), code=0):
    outcome = Outcome("test-odoo")
    judge(outcome, log(*lines), list(tested), code)
    return outcome


def starting(name, logger=TESTS):
    return f"{STAMP} INFO db {logger}: Starting {name} ... "


def test_passing_tests_are_counted():
    outcome = judged(starting("TestA.test_1"), starting("TestA.test_2"))
    assert (outcome.passed, outcome.complaints) == (2, [])


def test_failing_test_keeps_its_traceback_and_is_counted_once():
    outcome = judged(
        starting("TestA.test_1"),
        starting("TestA.test_2"),
        f"{STAMP} INFO db {TESTS}: =====",
        f"{STAMP} ERROR db {TESTS}: FAIL: TestA.test_2",
        "Traceback (most recent call last):",
        "AssertionError: boo",
        f"{STAMP} ERROR db odoo.modules.loading: Module foo: 1 failures, 0 errors of 2 tests",
        f"{STAMP} ERROR db odoo.modules.loading: At least one test failed when loading the modules",
        f"{STAMP} ERROR db odoo.tests.result: 1 failed, 0 error(s) of 2 tests when loading",
        code=1,
    )
    assert outcome.passed == 1
    assert outcome.failed == 1
    assert "AssertionError: boo" in outcome.complaints[0]


def test_subtests_make_one_failed_test():
    failing = [
        f"{STAMP} ERROR db {TESTS}: FAIL: Subtest TestA.test_1 (i={number})" for number in range(3)
    ]
    outcome = judged(starting("TestA.test_1"), *failing, code=1)
    assert (outcome.passed, outcome.failed) == (0, 1)


def test_class_that_cannot_be_set_up_fails_its_addon():
    outcome = judged(
        starting("TestB.test_1"),
        f"{STAMP} ERROR db odoo.tests.suite: ERROR: setUpClass ({TESTS}.TestA)",
        "ValueError: x",
        code=1,
    )
    assert (outcome.passed, outcome.failed) == (1, 1)
    assert outcome.complaints[0].startswith("foo: ERROR: setUpClass")


def test_skipped_test_is_a_failure():
    outcome = judged(
        starting("TestA.test_1"), f"{STAMP} INFO db {TESTS}: skipped TestA.test_1 : no Chromium"
    )
    assert outcome.passed == 0
    assert "no Chromium" in outcome.complaints[0]


def test_addon_without_a_test_is_a_failure():
    outcome = judged(starting("TestA.test_1"), tested=("foo", "bar"))
    assert outcome.complaints == ["bar: no test ran."]


def test_warning_anywhere_is_a_failure():
    outcome = judged(starting("TestA.test_1"), f"{STAMP} WARNING db odoo.addons.foo.models.bar: hm")
    assert outcome.failed == 1
    assert "hm" in outcome.complaints[0]


def test_error_logged_by_a_test_module_is_not_taken_for_a_result():
    outcome = judged(starting("TestA.test_1"), f"{STAMP} ERROR db {TESTS}: an error")
    assert (outcome.passed, outcome.failed) == (1, 1)


def test_exit_code_alone_is_a_failure():
    assert judged(starting("TestA.test_1"), code=255).failed == 1


def test_coloured_log_is_read_too():
    line = f"{STAMP} \x1b[1;33mWARNING\x1b[0m db odoo.http: hm"
    assert [entry.level for entry in log(line)] == ["WARNING"]


def test_allowed_entry_says_why():
    allowed = (Allowed(r"^WARNING odoo\.x: known", "because"),)
    assert reason("WARNING", "odoo.x", "known thing", allowed) == "because"
    assert reason("ERROR", "odoo.x", "known thing", allowed) == ""


def test_every_allowed_entry_is_precise_and_explained():
    for entry in ALLOWED:
        assert entry.pattern.startswith("^"), entry.pattern
        assert len(entry.reason) > 20, entry.pattern
        assert not reason("ERROR", "odoo.http", "Exception during request handling.", (entry,))
