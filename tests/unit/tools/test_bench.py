import pytest

from tools.devkit import bench, figures
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


def test_a_long_note_is_folded():
    table = bench.Table("Sums", ("n",), [(1,)], "So it is. " * 20)
    note = bench.markdown(table).splitlines()[6:]
    assert len(note) == 2
    assert max(map(len, note)) <= 120


DOCUMENT = """# Figures
Before.
<!-- bench:sync:begin -->
old
<!-- bench:sync:end -->
<!-- bench:slots:begin -->
<!-- bench:slots:end -->
After.
"""


def test_what_was_printed_takes_the_place_of_the_former_and_of_nothing_else():
    expected = DOCUMENT.replace("old\n", "\nnew \\1\n\n")
    once = figures.replaced(DOCUMENT, "sync", "\nnew \\1\n")
    assert once == expected
    assert figures.replaced(once, "sync", "new \\1") == expected


@pytest.mark.parametrize(
    "document",
    [
        DOCUMENT.replace("<!-- bench:sync:end -->\n", ""),
        DOCUMENT.replace("sync:begin", "sync:x").replace("sync:end", "sync:begin"),
        DOCUMENT + DOCUMENT,
        "<!-- bench:sync:end -->\n<!-- bench:sync:begin -->\n",
    ],
)
def test_without_its_place_in_the_document_nothing_is_written(document, tmp_path):
    with pytest.raises(Problem, match="bench:sync:begin"):
        figures.replaced(document, "sync", "new")
    file = tmp_path / "figures.md"
    file.write_text(document)
    with pytest.raises(Problem):
        figures.write(file, "sync", "new")
    assert [each.read_text() for each in tmp_path.iterdir()] == [document]


def test_a_file_is_written_as_a_whole(tmp_path):
    file = tmp_path / "figures.md"
    file.write_text(DOCUMENT)
    figures.write(file, "slots", "| new |")
    assert "<!-- bench:slots:begin -->\n\n| new |\n\n<!-- bench:slots:end -->" in file.read_text()
    assert list(tmp_path.iterdir()) == [file]


def test_each_bench_has_its_place_in_the_documents():
    figures.require(figures.TABLES, bench.chosen([]))
    figures.require(figures.SUMMARY, [figures.SUMMARY_NAME])
