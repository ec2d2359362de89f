import pytest

from tools.devkit import bench
from tools.devkit.errors import Problem


def test_a_table_is_markdown_with_its_numbers_to_the_right():
    table = bench.Table(
        "Sums", ("what", "n", "s"), [("a", 12345, 0.12345), ("b", 1, 1234.5)], "So."
    )
    assert bench.markdown(table) == (
        "### Sums\n\n"
        "| what | n | s |\n"
        "| --- | ---: | ---: |\n"
        "| a | 12,345 | 0.123 |\n"
        "| b | 1 | 1,234 |\n\n"
        "So."
    )


def test_every_bench_has_figures_and_helpers_are_no_bench():
    names = bench.chosen([])
    assert {"reminders", "slots"} <= set(names)
    assert not [name for name in names if name.startswith("_")]
    for name in names:
        assert "\ndef figures(lab: Lab)" in (bench.FOLDER / f"{name}.py").read_text()


def test_an_unknown_bench_is_named_beside_those_there_are():
    with pytest.raises(Problem, match=r"No bench is named nope: there are .*reminders"):
        bench.chosen(["slots", "nope"])
