"""What browsers are told about our pages: who may frame them, and what stays out of caches.

The one place for it: `ir.http` adds these to every answer of our routes.
"""

from collections.abc import Sequence

COMMON = {
    "X-Content-Type-Options": "nosniff",
    # Addresses may be keys: they do not reach other sites.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
    ),
}
# For pages of one person: out of shared caches, of the back button's and of search engines.
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}


def page_headers(hosts: Sequence[str] = (), private: bool = False) -> dict[str, str]:
    """Return the headers of a page.

    :param hosts: sources of `frame-ancestors` that may frame it, besides the site itself; they
        were checked before
    :param private: it is about one person
    """
    sources = " ".join(("'self'", *hosts))
    headers = {**COMMON, "Content-Security-Policy": f"frame-ancestors {sources}"}
    if not hosts:
        # For browsers that do not know the other; it cannot name a host.
        headers["X-Frame-Options"] = "SAMEORIGIN"
    return {**headers, **PRIVATE} if private else headers
