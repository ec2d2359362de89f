"""Whoever follows delta links sees what the calendar view shows, whatever was done in between."""

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from tests.simulator.microsoft.delta import Cursor, Deltas
from tests.simulator.microsoft.errors import GraphError
from tests.simulator.microsoft.mailbox import Mailbox, Person
from tests.simulator.microsoft.settings import Settings

NOW = datetime(2026, 11, 22, tzinfo=timezone.utc)
START, STOP = NOW, NOW + timedelta(days=30)
WEEKLY = {
    "pattern": {"type": "weekly", "interval": 1, "daysOfWeek": ["monday", "thursday"]},
    "range": {"type": "noEnd"},
}
OPERATIONS = st.tuples(
    st.sampled_from(["create", "series", "move", "rename", "shorten", "delete", "follow"]),
    st.integers(-5, 35),
    st.integers(0, 50),
)


class Follower:
    """A client of delta: it keeps the etag of each instance it was told of."""

    def __init__(self, deltas: Deltas) -> None:
        self.deltas = deltas
        self.known: dict[str, str] = {}
        self.link: str | None = None

    def follow(self) -> None:
        if self.link is None:
            skip = self.deltas.begin("calendar", START, STOP, 3)
        else:
            skip = self.deltas.resume(Cursor.decode(self.link), 3)
        while skip:
            items, skip, cursor = self.deltas.page(skip)
            for item in items:
                if isinstance(item, str):
                    self.known.pop(item, None)
                elif item.kind != "seriesMaster":
                    self.known[item.token] = item.etag
        self.link = cursor.encode()


def times(day):
    start = NOW + timedelta(days=day, hours=9)
    stop = start + timedelta(hours=1)
    moments = (f"{moment:%Y-%m-%dT%H:%M:%S}" for moment in (start, stop))
    return {
        name: {"dateTime": text, "timeZone": "UTC"}
        for name, text in zip(("start", "end"), moments, strict=True)
    }


def act(mailbox, name, day, number):
    """Do one thing to one event: a single one, a series, or an occurrence."""
    if name == "create":
        mailbox.create("calendar", {"subject": "x", **times(day)})
        return
    if name == "series":
        mailbox.create("calendar", {"subject": "x", **times(day), "recurrence": WEEKLY})
        return
    shown = mailbox.view("calendar", START, STOP)
    masters = [item for item in mailbox.listed("calendar") if item.kind == "seriesMaster"]
    found = (masters if name == "shorten" else [*shown, *masters])[: number + 1][-1:]
    for item in found:
        if name == "delete":
            mailbox.delete(item.token)
        elif name == "rename":
            mailbox.update(item.token, {"subject": f"new {number}"})
        elif name == "move":
            mailbox.update(item.token, times(day))
        else:
            limits = {"type": "numbered", "numberOfOccurrences": 1 + number % 5}
            mailbox.update(item.token, {"recurrence": {**WEEKLY, "range": limits}})


@given(st.lists(OPERATIONS, max_size=25))
def test_delta_agrees_with_the_view(operations):
    changes = []
    mailbox = Mailbox(Person("a@x.fr", "A"), lambda: NOW, changes.append, lambda *_mail: None)
    follower = Follower(Deltas(mailbox, Settings()))
    for name, day, number in operations:
        if name == "follow":
            follower.follow()
            continue
        before = mailbox.revision
        try:
            act(mailbox, name, day, number)
        except GraphError as error:
            assert error.code == "ErrorOccurrenceCrossingBoundary"
            assert mailbox.revision == before
    follower.follow()
    shown = {item.token: item.etag for item in mailbox.view("calendar", START, STOP)}
    assert follower.known == shown
    assert len(changes) == mailbox.revision
    for token, etag in shown.items():
        assert mailbox.find(token).etag == etag
