"""French is complete or the check says what is missing."""

import polib
import pytest

from tools.devkit import i18n


def catalogue(path, **entries: str):
    book = polib.POFile()
    for msgid, msgstr in entries.items():
        book.append(polib.POEntry(msgid=msgid, msgstr=msgstr))
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(str(path))
    return book


def check(repo, msgid: str, msgstr: str) -> list[str]:
    addon = repo / "immoassist_x"
    catalogue(addon / "i18n" / "immoassist_x.pot", **{msgid: ""})
    catalogue(addon / "i18n" / "fr.po", **{msgid: msgstr})
    (addon / "__manifest__.py").write_text("{}")
    return i18n.check(repo)


@pytest.mark.parametrize(
    ("msgid", "msgstr"),
    [
        ("Visit", "Visite"),
        ("Description", "Description"),
        ("%(a)s by %(b)s", "%(b)s : %(a)s"),
        ("50% off", "50 % de moins"),
        ("Hello {{ object.name }}", "Bonjour {{ object.name }}"),
        ('At <t t-out="object.start"/>', 'À <t t-out="object.start"/>'),
    ],
)
def test_complete(tmp_path, msgid, msgstr):
    assert check(tmp_path, msgid, msgstr) == []


@pytest.mark.parametrize(
    ("msgid", "msgstr", "message"),
    [
        ("Visit", "", "not translated"),
        ("Visit", " ", "not translated"),
        ("%(a)s here", "%(b)s ici", "other placeholders"),
        ("%s and %s", "%s", "other placeholders"),
        ("{count} left", "{nombre} restants", "other placeholders"),
        ("Hello {{ object.name }}", "Bonjour {{ objet.nom }}", "other placeholders"),
        ('At <t t-out="object.start"/>', "À midi", "other placeholders"),
    ],
)
def test_incomplete(tmp_path, msgid, msgstr, message):
    assert message in check(tmp_path, msgid, msgstr)[0]


def test_a_text_the_file_does_not_have(tmp_path):
    check(tmp_path, "Visit", "Visite")
    catalogue(tmp_path / "immoassist_x/i18n/immoassist_x.pot", Visit="", Signing="")
    assert i18n.check(tmp_path) == ["immoassist_x/i18n/fr.po: 'Signing' is not in the file"]


def test_fuzzy(tmp_path):
    check(tmp_path, "Visit", "Visite")
    french = tmp_path / "immoassist_x" / "i18n" / "fr.po"
    book = polib.pofile(str(french))
    book[0].flags.append("fuzzy")
    book.save(str(french))
    assert "fuzzy" in i18n.check(tmp_path)[0]


def test_no_french_at_all(tmp_path):
    check(tmp_path, "Visit", "Visite")
    (tmp_path / "immoassist_x" / "i18n" / "fr.po").unlink()
    assert i18n.check(tmp_path) == ["immoassist_x/i18n/fr.po: missing"]


def test_an_addon_without_template_has_nothing_to_translate(tmp_path):
    (tmp_path / "immoassist_x").mkdir()
    (tmp_path / "immoassist_x" / "__manifest__.py").write_text("{}")
    assert i18n.check(tmp_path) == []


def test_the_exit_code_tells(tmp_path, capsys):
    check(tmp_path, "Visit", "")
    assert i18n.main([str(tmp_path)]) == 1
    assert "not translated" in capsys.readouterr().out
