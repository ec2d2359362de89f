"""Moments as programs write them."""

from __future__ import annotations

from datetime import datetime, timezone


def parse_moment(text: str) -> datetime:
    """Return the moment of an ISO 8601 text as naive UTC, the form in which it is stored.

    :param text: "2027-03-14T09:00:00-04:00", "2027-03-14T13:00:00Z", or without an offset, which
        then is UTC: "2027-03-14 13:00:00".
    :raise ValueError: it is none
    """
    try:
        # Python 3.10 does not know the Z.
        moment = datetime.fromisoformat(f"{text[:-1]}+00:00" if text.endswith("Z") else text)
        if moment.tzinfo:
            moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    except OverflowError as error:
        raise ValueError(str(error)) from error
    return moment.replace(microsecond=0)
