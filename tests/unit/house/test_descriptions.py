"""Each addon that people install describes itself: a readme, and a page with pictures for Apps."""

import re

import pytest
from lxml import etree

from tools.devkit import config

FRAGMENTS = ("DESCRIPTION", "CONFIGURE", "USAGE", "ROADMAP", "CONTRIBUTORS")
LARGEST = 150_000  # bytes of a picture


@pytest.fixture(params=config.ADDONS)
def addon(request):
    return config.REPO / request.param


def test_its_readme_has_every_fragment(addon):
    for name in FRAGMENTS:
        assert (addon / "readme" / f"{name}.md").read_text(encoding="utf-8").strip(), name


def test_its_page_needs_nothing_from_elsewhere(addon):
    folder = addon / "static" / "description"
    page = etree.parse(folder / "index.html")  # well-formed
    assert page.find(".//h1").text == config.MANIFESTS[addon.name]["name"]
    pictures = [image.get("src") for image in page.iter("img")]
    assert "icon.png" in pictures
    for picture in pictures:
        assert 0 < (folder / picture).stat().st_size < LARGEST, picture
    assert all(image.get("alt") is not None for image in page.iter("img"))
    assert not re.search(r"https?://|<script|<style", etree.tostring(page, encoding="unicode"))


def test_its_cover_exists(addon):
    covers = config.MANIFESTS[addon.name].get("images", [])
    assert covers
    for cover in covers:
        assert 0 < (addon / cover).stat().st_size < LARGEST, cover
