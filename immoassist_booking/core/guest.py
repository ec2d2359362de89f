"""What the client typed: cleaned, or refused with a reason. Anybody can send anything here."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

LIMITS = {"name": 100, "email": 254, "phone": 32, "note": 2000}
REQUIRED = ("name", "email")
# Unicode's controls, surrogates, line and paragraph separators, unassigned and private characters.
REFUSED = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
# Joiners that words of some languages are written with; other invisible characters are dropped
# (a number copied from a contact list comes wrapped in direction marks).
JOINERS = "\u200c\u200d"
EMAIL_LOCAL = re.compile(r"[^\s@<>()\[\],;:\\\"]+")
EMAIL_DOMAIN = re.compile(r"([^\s@<>()\[\],;:\\\".]+\.)+[^\W\d_][^\s@<>()\[\],;:\\\".]*[^\W_]")
PHONE = re.compile(r"\+?[0-9 ().\-/]*[0-9][0-9 ().\-/]*(?:(?:x|ext\.?|poste|#) ?[0-9]{1,6})?", re.I)


@dataclass
class GuestForm:
    """The fields as they are shown again, and per field the code of what is wrong with it."""

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    #: Which privacy notice the form showed, see `core.notice`; empty when it does not say so.
    notice: str = ""
    #: Whether the box of the marketing question was ticked.
    marketing: bool = False
    #: Above the errors, instead of the usual words; empty for those.
    title: str = ""
    #: When the form was made, signed, as it stood in the form.
    stamp: str = ""
    #: That the address was proved to be his, signed; empty when it was not.
    proof: str = ""


def read_guest(raw: Mapping[str, str]) -> GuestForm:
    """Clean and check the fields of :data:`LIMITS`.

    Codes: "required", "long", "characters", "email", "phone".
    """
    form = GuestForm({}, notice=raw.get("notice", ""), marketing=raw.get("marketing") == "yes")
    form.stamp, form.proof = raw.get("stamp", ""), raw.get("proof", "")
    for name, limit in LIMITS.items():
        text = raw.get(name, "")
        # Never show, or work on, a megabyte: one character too many is enough to refuse it.
        value = clean(text[: limit * 4], multiline=name == "note")
        form.values[name] = showable(value)[:limit]
        if error := _error(name, value, limit):
            form.errors[name] = error
    return form


def clean(text: str, multiline: bool = False) -> str:
    """Return `text` composed (NFC), without invisible characters and needless spaces."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n") if multiline else text)
    text = "".join(c for c in text if unicodedata.category(c) != "Cf" or c in JOINERS)
    if multiline:
        return text.replace("\t", " ").strip()
    return re.sub(r"[ \u00a0\u202f]+", " ", text).strip(" ")


def _error(name: str, value: str, limit: int) -> str | None:
    if not value:
        return "required" if name in REQUIRED else None
    if len(value) > limit:
        return "long"
    if refused(value, multiline=name == "note"):
        return "characters"
    if name == "email" and not is_email(value):
        return "email"
    if name == "phone" and not is_phone(value):
        return "phone"
    return None


def is_email(text: str) -> bool:
    """Whether `text` is one plain address that a mail can be sent to."""
    local, at, domain = text.rpartition("@")
    return bool(
        at
        and len(local) <= 64
        and ".." not in text
        and not local.startswith(".")
        and not local.endswith(".")
        and EMAIL_LOCAL.fullmatch(local)
        and EMAIL_DOMAIN.fullmatch(domain)
    )


def is_phone(text: str) -> bool:
    return bool(PHONE.fullmatch(text)) and 6 <= sum(c.isdigit() for c in text) <= 21


def refused(text: str, multiline: bool) -> bool:
    return (
        any(unicodedata.category(c) in REFUSED and not (multiline and c == "\n") for c in text)
        or "\ufffd" in text
    )


def showable(text: str) -> str:
    """`text` without what a page or the database cannot carry."""
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in REFUSED)
