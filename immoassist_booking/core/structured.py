"""What the pages tell search engines in their own words: schema.org, as JSON-LD.

Everything here is plain data; whoever puts it into a page escapes it.
"""

import re
from collections.abc import Mapping

CONTEXT = "https://schema.org"
# "Français, English", also with other marks between.
BETWEEN = re.compile(r"\s*[,;/·|\n]\s*")


def document(thing: Mapping) -> dict:
    """Return `thing` as what a page says about itself."""
    return {"@context": CONTEXT, **thing}


def agency(
    *,
    name: str,
    url: str,
    image: str = "",
    telephone: str = "",
    address: Mapping[str, str] | None = None,
) -> dict:
    """:param address: parts of schema.org's `PostalAddress`"""
    parts = _told(**(address or {}))
    return _told(
        **{"@type": "RealEstateAgent"},
        name=name,
        url=url,
        image=image,
        telephone=telephone,
        address={"@type": "PostalAddress", **parts} if parts else None,
    )


def broker(
    *,
    name: str,
    url: str,
    job: str,
    works_for: Mapping,
    image: str = "",
    telephone: str = "",
    description: str = "",
    languages: str = "",
) -> dict:
    """:param languages: as typed, "Français, English" """
    return _told(
        **{"@type": "Person"},
        name=name,
        jobTitle=job,
        url=url,
        image=image,
        telephone=telephone,
        description=description,
        knowsLanguage=[word for word in BETWEEN.split(languages.strip()) if word],
        worksFor=works_for,
        potentialAction=_reserve(url),
    )


def service(*, name: str, url: str, provider: Mapping, description: str = "") -> dict:
    """A kind of appointment."""
    return _told(
        **{"@type": "Service"},
        name=name,
        serviceType=name,
        description=description,
        url=url,
        provider=provider,
        potentialAction=_reserve(url),
    )


def _reserve(url: str) -> dict:
    return {"@type": "ReserveAction", "target": {"@type": "EntryPoint", "urlTemplate": url}}


def _told(**values) -> dict:
    """Return what is known of `values`."""
    return {name: value for name, value in values.items() if value}
