"""Booking pages inside other sites: who may frame them, what links do there, what to paste.

A browser sends no cookie of ours into a frame of another site, so no form would pass the check
against forged requests there. The pages to look at (brokers, types, times) are shown in the frame;
a chosen time leaves it: the form opens in the whole window, where nobody can lay another page over
the button either.
"""

import re
from collections.abc import Mapping
from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
NAME = rf"{LABEL}(?:\.{LABEL})+"
HOST = re.compile(rf"https://(?:\*\.)?{NAME}(?::\d{{1,5}})?")
# Without TLS only the own machine, to try it.
LOCAL = re.compile(r"http://(?:localhost|127\.0\.0\.1)(?::\d{1,5})?")
MAX_HOSTS = 50
# What a link of ours starts with, before the address of the site's own choice is put in.
PAGES = re.compile(r"/book(?:[/?#]|$)")
TOP = "_top"


class BadHost(ValueError):
    """A line that is no address of a site.

    :param str line: as it was typed
    """

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


def parse_hosts(text: str) -> tuple[str, ...]:
    """Return the sites of `text`, one per line, as `frame-ancestors` wants them.

    `https://example.com`, or `https://*.example.com` for all of its subdomains.

    :raise BadHost: a line is something else; "*" alone too
    """
    hosts: list[str] = []
    for line in (text or "").splitlines():
        typed = line.strip()
        if not typed:
            continue
        host = _ascii(typed.lower().removesuffix("/"))
        if not (HOST.fullmatch(host) or LOCAL.fullmatch(host)) or len(hosts) >= MAX_HOSTS:
            raise BadHost(typed[:100])
        if host not in hosts:
            hosts.append(host)
    return tuple(hosts)


def _ascii(host: str) -> str:
    """Return a host with accents as the network knows it; what cannot be one unchanged."""
    scheme, mark, name = host.partition("://")
    try:
        return scheme + mark + (name if name.isascii() else name.encode("idna").decode())
    except UnicodeError:
        return host


def is_embedded(query: Mapping[str, str]) -> bool:
    """Tell whether a page is asked for as part of another site."""
    return query.get("embed") == "1" and not query.get("slot")


def framed_link(url: str) -> tuple[str, str | None]:
    """Return what becomes of a link in a framed page: its address, and its target or None.

    Pages of ours stay in the frame; a chosen time, and everything that is not ours, leaves it.
    """
    parts = urlsplit(url)
    if parts.scheme or parts.netloc:
        return url, TOP if parts.scheme in ("", "http", "https") else None
    if not parts.path and not url.startswith("?"):
        return url, None  # a place in the page
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if parts.path and not PAGES.match(parts.path):
        return url, TOP
    query.pop("embed", None)
    target = TOP if query.get("slot") else None
    if not target:
        query["embed"] = "1"
    return urlunsplit(parts._replace(query=urlencode(query, safe=":"))), target


def snippet(url: str, title: str, frame_id: str) -> str:
    """Return what a broker pastes into a page of another site.

    :param url: absolute address of the page
    :param title: what screen readers say of the frame
    :param frame_id: names the frame in that page
    """
    parts = urlsplit(url)
    address = escape(urlunsplit(parts._replace(query="embed=1", fragment="")))
    return f"""\
<iframe id="{escape(frame_id)}" src="{address}" title="{escape(title)}" \
loading="lazy" style="width: 100%; height: 900px; border: 0"></iframe>
<script>
addEventListener("message", function (event) {{
  var frame = document.getElementById("{escape(frame_id)}");
  if (event.origin === "{parts.scheme}://{parts.netloc}" && event.source === frame.contentWindow \
&& event.data && event.data.type === "immoassist-booking") {{
    frame.style.height = Math.min(Math.max(Number(event.data.height) || 0, 300), 6000) + "px";
  }}
}});
</script>"""
