"""The user guides name buttons and menus as the product does, in their language."""

import re
from pathlib import Path

import polib
import pytest

REPO = Path(__file__).resolve().parents[3]
GUIDES = sorted(REPO.glob("docs/??/*.md"))
DOCUMENTS = [*GUIDES, REPO / "CONTRIBUTING.md", *sorted(REPO.glob("docs/decisions/*.md"))]
LARGEST_PICTURE = 150_000


def plain(text: str) -> str:
    """Without mark-up and kinds of spaces."""
    return " ".join(re.sub(r"<[^>]*>", "", text).replace("\u202f", " ").split())


def labels(language: str) -> set[str]:
    entries = [e for path in REPO.glob("immoassist_*/i18n/fr.po") for e in polib.pofile(str(path))]
    return {plain(e.msgid if language == "en" else e.msgstr) for e in entries}


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_is_bold_is_in_the_product(guide):
    said = {plain(name) for name in re.findall(r"\*\*([^*]+)\*\*", guide.read_text())}
    assert said
    assert not said - labels(guide.parent.name)


def test_each_guide_is_there_in_both_languages():
    english = {path.stem for path in GUIDES if path.parent.name == "en"}
    french = {path.stem for path in GUIDES if path.parent.name == "fr"}
    assert english == {"broker", "client", "manager", "administrator"}
    assert french == {"courtier", "client", "gestionnaire", "administrateur"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.stem)
def test_links_lead_somewhere(document):
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text()):
        path, _, anchor = target.partition("#")
        if "://" in path:
            continue
        found = (document.parent / path).resolve() if path else document
        assert found.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", found.read_text(), re.MULTILINE)
            slugs = {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}
            assert anchor in slugs, target


def test_pictures_are_small_and_used():
    texts = [path.read_text() for path in [*REPO.glob("docs/**/*.md"), *REPO.glob("*.md")]]
    for picture in sorted(REPO.glob("docs/pictures/*.png")):
        assert picture.stat().st_size < LARGEST_PICTURE, picture.name
        assert any(f"pictures/{picture.name}" in text for text in texts), picture.name
