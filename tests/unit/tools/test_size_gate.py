"""The limits hold to the line, and only a real reason lifts them."""

import pytest

from tools.devkit import size_gate


def check(repo, name: str, source: str) -> list[str]:
    path = repo / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
    return size_gate.check(repo)


def function(lines: int, above: str = "", beside: str = "") -> str:
    return f"{above}def f():{beside}\n" + "    pass\n" * (lines - 1)


@pytest.mark.parametrize("name", ["a.py", "a.js", "addon/views/a.xml", "a.scss"])
def test_file_limit(tmp_path, name):
    assert check(tmp_path, name, "\n" * 300) == []
    assert check(tmp_path, name, "\n" * 301) == [f"{name}:1: 301 lines, 300 at most"]


def test_tests_may_be_longer(tmp_path):
    assert check(tmp_path, "addon/tests/test_a.py", "\n" * 400) == []
    assert len(check(tmp_path, "addon/tests/test_a.py", "\n" * 401)) == 1


@pytest.mark.parametrize(
    ("name", "comment"),
    [
        ("a.py", "# long: one table of the law"),
        ("a.js", "// long: one table of the law"),
        ("a.xml", "<!-- long: one table of the law -->"),
    ],
)
def test_a_reason_lifts_the_file_limit(tmp_path, name, comment):
    assert check(tmp_path, name, comment + "\n" * 350) == []


@pytest.mark.parametrize("comment", ["# long:", "# long: yes", "# a long: story told"])
def test_no_reason_lifts_nothing(tmp_path, comment):
    assert len(check(tmp_path, "a.py", comment + "\n" * 350)) == 1
    assert len(check(tmp_path, "a.py", function(41, beside=f"  {comment}"))) == 1


def test_function_limit(tmp_path):
    assert check(tmp_path, "a.py", function(40)) == []
    assert check(tmp_path, "a.py", function(41)) == ["a.py:1: f: 41 lines, 40 at most"]


@pytest.mark.parametrize(
    "source",
    [
        function(50, above="# long: one state machine\n"),
        function(50, above="# long: one state machine\n@cached\n@api.model\n"),
        function(50, beside="  # long: one state machine"),
    ],
)
def test_a_reason_lifts_the_function_limit(tmp_path, source):
    assert check(tmp_path, "a.py", source) == []


def test_a_method_and_an_async_function_count_too(tmp_path):
    body = "        pass\n" * 41
    source = f"class A:\n    def m(self):\n{body}\n    async def n(self):\n{body}"
    assert [p.split(":")[2] for p in check(tmp_path, "a.py", source)] == [" m", " n"]


def test_vendored_files_are_left_alone(tmp_path):
    assert check(tmp_path, "addon/static/lib/a.js", "\n" * 5000) == []
