"""Descriptions as calendars keep them (simple HTML) and as we do (plain text)."""

from __future__ import annotations

import html
from html.parser import HTMLParser

_SILENT = {"head", "script", "style", "title"}
_BLOCKS = {
    *("address", "article", "blockquote", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5"),
    *("h6", "hr", "li", "ol", "p", "pre", "section", "table", "tr", "ul"),
}
_INLINE = {
    *("a", "b", "body", "br", "center", "code", "em", "font", "html", "html-blob", "i", "img"),
    *("meta", "o:p", "s", "small", "span", "strike", "strong", "sub", "sup", "tbody", "td", "th"),
    *("thead", "u", "wbr"),
}


def from_html(text: str) -> str:
    """Return what a reader of the HTML sees; line breaks of the source count, as they do there.

    What is no tag of HTML (``<Dupont>``) is text. Nothing is executed, loaded or kept as markup.
    """
    if "<" not in text and "&" not in text:
        return text
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return "".join(reader.parts)


def to_html(text: str) -> str:
    """Return HTML that is shown as ``text``; :func:`from_html` gives exactly ``text`` back."""
    return html.escape(text, quote=False)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent: list[str] = []
        self._link = ""
        self._label = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent.append(tag)
        elif tag == "br":
            self._add("\n")
        elif tag in _BLOCKS:
            self._break()
            self._add("- " if tag == "li" else "")
        elif tag == "a":
            self._link, self._label = dict(attrs).get("href") or "", len(self.parts)
        elif tag not in _INLINE:
            self._add(self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in _SILENT:
            self._silent.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            if tag in self._silent:
                del self._silent[self._silent.index(tag) :]
        elif tag in _BLOCKS:
            self._break()
        elif tag == "a":
            self._name_link()
        elif tag not in _INLINE:
            self._add(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._add(data)

    def _add(self, text: str) -> None:
        if text and not self._silent:
            self.parts.append(text)

    def _break(self) -> None:
        if self.parts and not self.parts[-1].endswith("\n"):
            self._add("\n")

    def _name_link(self) -> None:
        """Keep where a link leads, unless its label is an address already."""
        label = "".join(self.parts[self._label :])
        if self._link.startswith(("https://", "http://")) and "://" not in label:
            self._add(f" ({self._link})" if label.strip() else self._link)
        self._link = ""
