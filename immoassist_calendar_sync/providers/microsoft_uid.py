"""The identity of a meeting in all calendars, from Graph's ``iCalUId``.

Graph gives each occurrence of a series an ``iCalUId`` of its own: the day of the occurrence is
written inside the UID. Taken out again it is the UID that an .ics file, and Google, know the series
by. The layout is the PidLidGlobalObjectId of [MS-OXOCAL] 2.2.1.27, in hexadecimal: a class id (16
bytes), the day (year in 2 bytes, month, day), creation time (8), reserved (8), size (4), data. When
the meeting came from another calendar, the data is ``vCal-Uid``, a 1 in 4 bytes, the UID, a zero.
"""

from __future__ import annotations

import re
from datetime import date

CLASS_ID = "040000008200E00074C5B7101A82E008"
_LAYOUT = re.compile(rf"{CLASS_ID}([0-9A-F]{{8}})((?:[0-9A-F]{{2}})+)")
_FOREIGN = b"vCal-Uid\x01\x00\x00\x00"
NO_DAY = "00000000"


def series_uid(ical_uid: str) -> str:
    """Return the UID of the whole series; one of another layout is returned as it is."""
    match = _LAYOUT.fullmatch(ical_uid.upper())
    if not match:
        return ical_uid
    _, _, foreign = bytes.fromhex(match[2]).partition(_FOREIGN)
    if foreign:
        return foreign.rstrip(b"\x00").decode("utf-8", "replace")
    return CLASS_ID + NO_DAY + match[2]


def occurrence_day(ical_uid: str) -> date | None:
    """Return the day on which the occurrence originally was; None: not told."""
    match = _LAYOUT.fullmatch(ical_uid.upper())
    if not match or match[1] == NO_DAY:
        return None
    try:
        return date(int(match[1][:4], 16), int(match[1][4:6], 16), int(match[1][6:], 16))
    except ValueError:
        return None
