"""A month of many connected brokers, second by second, without Odoo's database or any HTTP.

Decided by the code that decides in production (`core.schedule`, `core.backoff`); what a run asks
for is written down here once more, and held against the real worker: see `_quota_worker`.
"""

import heapq
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from odoo.addons.immoassist_calendar_sync.core import next_delay, schedule

MARGIN = timedelta(minutes=5)
"""An access token that ends sooner is renewed first: `immoassist.calendar.connection`."""
TOKEN = timedelta(seconds=3599)
AHEAD = timedelta(days=365)


@dataclass(frozen=True)
class Use:
    """What a broker and the others do in a working day; assumptions, all of them.

    :param odoo: changes in Odoo that go to the provider.
    :param provider: changes at the provider.
    :param hours: between which they happen, evenly, on Monday to Friday.
    :param events: in the window that is listed each week.
    """

    odoo: int = 8
    provider: int = 15
    hours: tuple[int, int] = (8, 19)
    events: int = 1_000


@dataclass(frozen=True)
class Provider:
    """What differs between the two.

    :param page: events on a page of a listing.
    :param first: how many requests come with a listing, besides its pages.
    :param renewal: requests to renew a channel.
    :param told: notifications of one change that come apart from each other.
    """

    name: str
    page: int
    first: int
    renewal: int
    told: int = 1


GOOGLE = Provider("Google", page=2500, first=1, renewal=2)
OUTLOOK = Provider("Outlook", page=200, first=1, renewal=1, told=2)


@dataclass
class Broker:
    """One connection; `asked` is what it asked the provider for: (moment, kind, requests)."""

    provider: Provider
    use: Use
    number: int
    begin: datetime
    asked: list = field(default_factory=list)

    def __post_init__(self):
        self.random = Random(self.number)
        # When they connected, and so when their tokens, listings and channels end, is by chance.
        past = timedelta(seconds=self.random.uniform(0, 6 * 86400))
        self.token_ends = self.begin + TOKEN * self.random.random()
        self.listed_until = self.begin - past + AHEAD
        self.calendars_at = self.begin - past % schedule.CALENDARS_OLD
        self.channel_ends = self.begin - past + schedule.LIFETIME
        self.next_poll = schedule.next_poll(self.begin, self.random.random(), pushed=True)

    def live(self, changes):
        """Go through the changes, (moment, where), until the "end"."""
        waiting = [(moment, index, where) for index, (moment, where) in enumerate(changes)]
        heapq.heapify(waiting)
        order = len(waiting)
        while waiting:
            while self.next_poll < waiting[0][0]:
                self.run(self.next_poll, pull=True)
            moment, _index, where = heapq.heappop(waiting)
            if where == "end":
                return
            told = self.provider.told if where != "told" else 0
            if where == "odoo":
                self.run(moment, writes=1)
            elif where == "told":
                self.run(moment, pull=True)
            for number in range(told):
                order += 1
                later = moment + timedelta(seconds=2 + 3 * number)
                heapq.heappush(waiting, (later, order, "told"))

    def run(self, now, *, pull=False, writes=0):
        """What the worker asks for in one run."""
        polled = now >= self.next_poll
        if self.token_ends <= now + MARGIN:
            self.ask(now, "token")
            self.token_ends = now + TOKEN
        if polled and self.calendars_at <= now - schedule.CALENDARS_OLD:
            self.ask(now, "calendars")
            self.calendars_at = now
        if pull or polled:
            self.pull(now)
        if writes:
            self.ask(now, "write", writes)
        life = schedule.LIFETIME
        if self.channel_ends - schedule.renewal_lead(life, self.number) <= now:
            self.ask(now, "channel", self.provider.renewal)
            self.channel_ends = now + life
        self.next_poll = schedule.next_poll(now, self.random.random(), pushed=True)

    def pull(self, now):
        if not schedule.is_old(self.listed_until, now + AHEAD):
            self.ask(now, "pull")
            return
        pages = -(-self.use.events // self.provider.page)
        self.ask(now, "listing", pages + self.provider.first)
        self.listed_until = now + AHEAD

    def ask(self, now, kind, requests=1):
        self.asked.append((now, kind, requests))


def changes(use, begin, days, random):
    """The changes of one broker: (moment, "odoo" or "provider"), and the end, in order."""
    found = []
    for day in range(days):
        first = begin + timedelta(days=day)
        if first.weekday() >= 5:
            continue
        for where, count in (("odoo", use.odoo), ("provider", use.provider)):
            for _change in range(count):
                hour = random.uniform(*use.hours)
                found.append((first + timedelta(hours=hour), where))
    return [*sorted(found), (begin + timedelta(days=days), "end")]


@dataclass
class Month:
    """What all of them asked for together. Tokens are another service: counted, not limited.

    :param minute: most of all together in one minute, `one` of one broker; `day`: in one day;
        `ten`: of one broker in ten minutes.
    """

    kinds: Counter = field(default_factory=Counter)
    minute: int = 0
    one: int = 0
    ten: int = 0
    day: int = 0


def month(provider, use, brokers, begin, days):
    """Let the brokers live for so many days, and add up."""
    found, minutes, daily = Month(), Counter(), Counter()
    for number in range(brokers):
        broker = Broker(provider, use, number, begin)
        broker.live(changes(use, begin, days, broker.random))
        own, tens = Counter(), Counter()
        for moment, kind, requests in broker.asked:
            found.kinds[kind] += requests
            if kind != "token":
                minute = int((moment - begin).total_seconds() // 60)
                own[minute] += requests
                tens[minute // 10] += requests
        minutes += own
        for minute, requests in own.items():
            daily[minute // 1440] += requests
        found.one = max(found.one, *own.values())
        found.ten = max(found.ten, *tens.values())
    found.minute, found.day = max(minutes.values()), max(daily.values())
    return found


def crowd(connections, limit, random):
    """All due at one moment, each with one request, of which `limit` are accepted in 60 seconds.

    Whoever is refused comes back as the worker does.

    :return: how many requests were refused, and the longest wait in seconds
    """
    waiting = [(0.0, number, 0) for number in range(connections)]
    accepted, refused, longest = deque(), 0, 0.0
    while waiting:
        now, number, failures = heapq.heappop(waiting)
        while accepted and accepted[0] <= now - 60:
            accepted.popleft()
        if len(accepted) < limit:
            accepted.append(now)
            longest = max(longest, now)
            continue
        refused += 1
        delay = next_delay(failures + 1, random.random()).total_seconds()
        heapq.heappush(waiting, (now + delay, number, failures + 1))
    return refused, longest
