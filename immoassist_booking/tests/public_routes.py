"""Every public route of ours, as Odoo's routing map has them: a new one is tested by itself."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from odoo import Command
from odoo.tools import SQL

from odoo.addons.immoassist_appointments import signing
from odoo.addons.immoassist_appointments.models.immoassist_appointment_booking import Guest

from ..core.query import parse_slot
from .common import BookingHttpCase

OURS = "odoo.addons.immoassist_"
DYNAMIC = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")
PURPOSES = {"answer", "move", "cancel", "ics", "approve", "refuse", "pick", "confirmation"}
PURPOSES |= {"booking_link", "form", "code", "proof"}
# What a GET may write: views that are counted, in tables that are insert-only.
COUNTED = frozenset({"immoassist_booking_event"})


@dataclass(frozen=True)
class Route:
    """One rule of the routing map: "/book/<string:username>", its methods, its parameters."""

    rule: str
    methods: frozenset[str]
    #: Name and converter ("string", "int") of each part of the path that varies.
    parts: tuple[tuple[str, str], ...]
    #: The parameters that its function knows by name.
    names: tuple[str, ...]

    def path(self, values):
        """The path with these values, already quoted, in place of what varies."""
        return DYNAMIC.sub(lambda found: values[found[2]], self.rule)


def public_routes(env):
    """The routes of our addons that need no account, in order."""
    routes = []
    for rule in env["ir.http"].routing_map().iter_rules():
        endpoint = rule.endpoint
        strangers = endpoint.routing["auth"] in ("public", "none")
        if strangers and endpoint.func.__module__.startswith(OURS):
            code = endpoint.original_endpoint.__code__
            names = code.co_varnames[1 : code.co_argcount]
            parts = tuple((name, kind or "string") for kind, name in DYNAMIC.findall(rule.rule))
            methods = frozenset(endpoint.routing["methods"] or ("GET", "POST")) - {"OPTIONS"}
            routes.append(Route(rule.rule, methods, parts, tuple(names)))
    return sorted(set(routes), key=lambda route: (route.rule, sorted(route.methods)))


class PublicRoutesCase(BookingHttpCase):
    """An agency in which every public route has something to show."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.request_type = cls.make_type("signature", requires_approval=True)
        cls.house = cls.make_type("portes-ouvertes", capacity=3)
        cls.booked = cls.book("2027-03-01T14:00:00Z", cls.type, "ada@client.example")
        cls.other = cls.book("2027-03-03T14:00:00Z", cls.type, "grace@client.example")
        cls.asked = cls.book("2027-03-04T14:00:00Z", cls.request_type, "ada@client.example")
        cls.proposal = cls.propose()
        cls.broker.with_user(cls.broker).action_renew_appointment_feed()
        cls.broker.image_1920 = cls.env.ref("base.user_admin").image_1920
        cls.env.flush_all()

    @classmethod
    def book(cls, slot, type_, email, broker=None):
        public = cls.env.ref("base.public_user")
        booker = cls.env["immoassist.appointment"].with_user(public).sudo()
        guest = Guest("Ada Byron", email, tz="America/Toronto", lang="en_US")
        return booker._book(broker or cls.broker, type_, parse_slot(slot), guest).sudo()

    @classmethod
    def propose(cls):
        values = {
            "broker_id": cls.broker.id,
            "company_id": cls.company.id,
            "type_id": cls.type.id,
            "client_name": "Ada Byron",
            "client_email": "ada@client.example",
            "lang": "en_US",
            "line_ids": [Command.create({"start": "2027-03-08 14:00:00"})],
        }
        proposals = cls.env["immoassist.appointment.proposal"]
        return proposals.with_user(cls.broker).create(values).sudo()

    # ---------------------------------------------------------------- addresses that are right

    def links(self):
        """A signed address of each purpose, by its name."""
        found = {a: self.booked.attendee_ids._link(a) for a in ("answer", "move", "cancel", "ics")}
        found |= {action: self.asked._broker_link(action) for action in ("approve", "refuse")}
        found["pick"] = self.proposal.line_ids._pick_url()
        found["confirmation"] = self.booked._confirmation_url(self.booked.attendee_ids)
        found["feed"] = self.broker.with_user(self.broker).appointment_feed_url
        return {purpose: _local(url) for purpose, url in found.items()}

    def good_addresses(self):
        """At least one address for each route that answers to a GET."""
        page = "/book/marie-tremblay"
        return [
            "/book",
            page,
            f"{page}/visite",
            f"{page}/visite?month=2027-03&date=2027-03-02",
            f"{page}/visite?slot=2027-03-02T14:00:00Z",
            f"{page}/portes-ouvertes",
            f"{page}/slots?type=visite&month=2027-03",
            "/book/photo/marie-tremblay",
            "/book/team/visite",
            *self.property_pages(),
            *self.links().values(),
        ]

    def property_pages(self):
        """The pages of a link that knows the property: with and without a type, and the times."""
        links = self.env["immoassist.booking.link"]
        transaction = self.make_transaction()
        types = (self.type, self.type.browse())
        made = [links.create({"transaction_id": transaction.id, "type_id": t.id}) for t in types]
        paths = [urlsplit(link.url).path for link in made]
        return [*paths, paths[0].replace("/visite/", "/slots/") + "?type=visite"]

    # ---------------------------------------------------------------- what was written

    def written(self):
        """How many rows were written since the beginning, by table; also what was undone."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
                " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
            )
        )
        return dict(rows)

    def content(self):
        """A digest of each table of ours, and of mails, contacts and meetings.

        Not of the guards: who asks for a time that is gone has taken the turn, and nothing else.
        Not of what is counted about nobody.
        """
        self.env.cr.flush()  # and what waits for the end of the transaction
        tables = self.env.execute_query(
            SQL(
                "SELECT relname FROM pg_class WHERE relkind = 'r'"
                " AND relname NOT IN ('immoassist_booking_guard', 'immoassist_booking_event',"
                " 'immoassist_booking_limit') AND (relname LIKE 'immoassist_%%'"
                " OR relname IN ('mail_mail', 'res_partner', 'calendar_event', 'res_users'))"
            )
        )
        query = SQL(" UNION ALL ").join(
            SQL("SELECT %s, md5(string_agg(x::text, '' ORDER BY x::text)) FROM %s x", name, table)
            for (name,) in tables
            for table in [SQL.identifier(name)]
        )
        return dict(self.env.execute_query(query))


def _local(url):
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def other_purpose(env, purpose, token, until):
    """The values of a token, signed anew for each other purpose."""
    values = signing.read(env, purpose, token)
    return {other: signing.sign(env, other, values, until) for other in PURPOSES - {purpose}}
