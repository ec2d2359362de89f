"""``getSchedule``. https://learn.microsoft.com/graph/api/calendar-getschedule"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from . import times
from .box import Box
from .errors import GraphError, denied, invalid
from .events import Instance

CODES = {"free": "0", "tentative": "1", "busy": "2", "oof": "3", "workingElsewhere": "4"}
MOST = 1000


def answer(body: Any, own: Box, find: Callable[[str], Box | None]) -> dict[str, Any]:
    """Return the schedules that are asked for; ``find`` returns a mailbox by its address."""
    if own.personal:
        raise denied("getSchedule is not supported for personal accounts.")
    if not isinstance(body, dict) or not body.get("schedules"):
        raise invalid("schedules is required.")
    interval = body.get("availabilityViewInterval", 30)
    if not isinstance(interval, int) or not 5 <= interval <= 1440:
        raise invalid("availabilityViewInterval has to be from 5 to 1440 minutes.")
    start, stop = (
        times.to_utc(*times.parse(body.get(name), name)) for name in ("startTime", "endTime")
    )
    if stop <= start or stop - start < timedelta(minutes=interval):
        raise invalid("The requested time window is too short.")
    length = timedelta(minutes=interval)
    shown = [_schedule(one, find(one), start, stop, length) for one in body["schedules"]]
    return {"value": shown}


def _schedule(
    address: str, box: Box | None, start: datetime, stop: datetime, length: timedelta
) -> dict[str, Any]:
    shown: dict[str, Any] = {"scheduleId": address, "availabilityView": "", "scheduleItems": []}
    if box is None:
        error = {"responseCode": "ErrorMailRecipientNotFound", "message": "Unable to resolve."}
        return {**shown, "error": error}
    items = box.mailbox.view(box.account.primary.id, start, stop)
    if len(items) > MOST:
        raise GraphError(400, "5006", "The result set contains too many calendar entries.")
    shown["scheduleItems"] = [_item(item) for item in items]
    shown["workingHours"] = {"timeZone": {"name": "UTC"}}
    view, moment = [], start
    while moment < stop:
        codes = [
            CODES.get(item.event.content["showAs"], "2")
            for item in items
            if item.start < moment + length and item.end > moment
        ]
        view.append(max(codes, default="0"))
        moment += length
    return {**shown, "availabilityView": "".join(view)}


def _item(item: Instance) -> dict[str, Any]:
    content = item.event.content
    private = content["sensitivity"] in ("private", "confidential")
    shown = {
        "isPrivate": private,
        "status": content["showAs"],
        "start": times.render(item.start, "UTC", item.event.all_day),
        "end": times.render(item.end, "UTC", item.event.all_day),
    }
    if private:
        return shown
    place = content["location"].get("displayName", "")
    return {**shown, "subject": content["subject"], "location": place}
