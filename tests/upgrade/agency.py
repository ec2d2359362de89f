"""Fills an agency by using it, as its brokers and clients do, in whatever release it runs.

It knows what the design fixes and a program may rely on: models, fields, their buttons, routes,
the names of the forms. A release that has more gets more: values of fields that a release does not
know are left out.
"""

import re
from datetime import datetime, timedelta, timezone

import requests

from tests.e2e.backoffice import BackOffice
from tests.e2e.client import Client, offered_times
from tests.e2e.connecting import GOOGLE, OUTLOOK
from tests.e2e.crowd import Picker
from tests.e2e.mailbox import link_of

from . import connected

MARIE = "marie.tremblay@agence.example"
VISITS, SIGNINGS = "/book/marie-tremblay/visite", "/book/marie-tremblay/signature"
APPOINTMENT = "immoassist.appointment"
TYPE = "immoassist.appointment.type"


class Agency:
    """The people of an agency at their screens, its clients at their mails."""

    def __init__(self, odoo, sim, mailbox):
        self.odoo, self.sim, self.mailbox = odoo, sim, mailbox
        self.sign_in()
        self.admin.lift_limits()
        self._limit_connections(900)  # as high as no test gets, but counted
        self._nights = iter(range(3, 60))

    def sign_in(self):
        for name in ("admin", "marie", "paul", "ines"):
            setattr(self, name, BackOffice(self.odoo.url, self.odoo.database, name, name))

    def night(self):
        """The next hour at which Marie has nothing: of a night, in UTC."""
        now = datetime.now(timezone.utc).replace(hour=7, minute=0, second=0, microsecond=0)
        return now + timedelta(days=next(self._nights))

    def type(self, name):
        return self.admin.ref(f"immoassist_appointments.type_{name}")

    def create(self, who, model, **values):
        """Create a record of what the release knows of these values; its id."""
        known = who.call(model, "fields_get", [], attributes=["type"])
        values = {name: value for name, value in values.items() if name in known}
        return who.call(model, "create", [values])[0]

    # ---------------------------------------------------------------- what brokers do

    def plan(self, name, **values):
        """An appointment of Marie's, planned in the back office; its id."""
        start = values.pop("start", None) or self.night()
        times = {"start": f"{start:%F %T}", "stop": f"{start + timedelta(hours=1):%F %T}"}
        return self.create(self.marie, APPOINTMENT, name=name, **times, **values)

    def plan_of_each_kind(self):
        """Of each outcome, with everything that can be typed in; the id of one to cancel."""
        deal = self.marie.call(
            "immoassist.transaction", "search", [("broker_id", "=", self.marie.uid)]
        )
        partner = self.marie.call("res.partner", "search", [("email", "!=", False)], limit=1)
        guests = [(0, 0, {"name": "Ada", "email": "ada@client.example", "phone": "514 555-0101"})]
        guests.append((0, 0, {"partner_id": partner[0]}))
        full = {"description": "Bring the plans", "location": "1 Main Street", "exclusive": False}
        full |= {"type_id": self.type("visit"), "transaction_id": deal[0], "show_as": "free"}
        planned = self.plan("Everything", attendee_ids=guests, **full)
        fields = ["attendee_ids"]
        (row,) = self.marie.call(APPOINTMENT, "read", [planned], fields)
        answers = ("accepted", "tentative")
        for attendee, answer in zip(row["attendee_ids"], answers, strict=True):
            self.marie.call(f"{APPOINTMENT}.attendee", "write", [attendee], {"state": answer})
        self.marie.call(APPOINTMENT, "action_remind_now", [planned])
        self.plan("The whole day", allday=True, exclusive=False)
        past = datetime.now(timezone.utc) - timedelta(days=4)
        came = self.plan("Came", start=past)
        stayed_away = self.plan("Stayed away", start=past + timedelta(hours=3))
        self.marie.call(APPOINTMENT, "action_mark_attended", [came])
        self.marie.call(APPOINTMENT, "action_mark_no_show", [stayed_away])
        return self.plan("Cancelled")

    def cancel(self, appointment, reason):
        ask = self.marie.call(APPOINTMENT, "action_ask_cancel", [appointment])
        wizard, context = "immoassist.appointment.cancel", ask["context"]
        question = self.marie.call(wizard, "create", [{"reason": reason}], context=context)
        self.marie.call(wizard, "action_cancel", question)

    def propose(self, email, **more):
        """Times for a client by mail; the proposal's id."""
        values = {"client_name": "Grace", "client_email": email, "client_phone": "514 555-0102"}
        values |= {"type_id": self.type("call"), **more}
        dialog = self.create(self.marie, "immoassist.propose.times", **values)
        self.marie.call("immoassist.propose.times", "action_send", [dialog])
        proposals = "immoassist.appointment.proposal"
        return self.marie.call(proposals, "search", [("client_email", "=", email)])[0]

    def propose_to_each(self):
        """One has chosen, from one the times were taken back, one has not answered yet."""
        chosen, withdrawn, waiting = (
            f"{who}@client.example" for who in ("chosen", "gone", "grace")
        )
        self.propose(chosen)
        picked = Picker(link_of(self.mailbox.wait(chosen)[0], "pick")).submit()
        assert picked.status_code == 303, picked.status_code
        taken_back = [self.propose(withdrawn)]
        self.marie.call("immoassist.appointment.proposal", "action_withdraw", taken_back)
        colleagues = {"colleague_ids": [(6, 0, [self.paul.uid])]}
        self.propose(waiting, transaction_id=self.deal()["id"], **colleagues)

    def deal(self):
        """A transaction of Marie's in progress, with a contact."""
        mine = [("broker_id", "=", self.marie.uid), ("state", "=", "open"), ("city", "!=", False)]
        domain = [*mine, ("contact_ids", "!=", False)]
        fields = ["contact_ids"]
        return self.marie.call("immoassist.transaction", "search_read", domain, fields, limit=1)[0]

    def link_of_property(self):
        """The address of a booking page that knows its property; another one is withdrawn."""
        links, deal = "immoassist.booking.link", self.deal()
        values = {"transaction_id": deal["id"], "type_id": self.type("visit")}
        contacts = "immoassist.transaction.contact"
        (contact,) = self.marie.call(contacts, "read", deal["contact_ids"][:1], ["partner_id"])
        gone = self.create(self.marie, links, partner_id=contact["partner_id"][0], **values)
        self.marie.call(links, "action_revoke", [gone])
        link = self.create(self.marie, links, **values)
        return self.marie.call(links, "read", [link], ["url"])[0]["url"]

    def set_up(self):
        """What each of them sets up for himself or for the agency."""
        day = f"{datetime.now(timezone.utc) + timedelta(days=30):%F}"
        override = {"broker_id": self.marie.uid, "date": day, "kind": "opening", "note": "Late"}
        override |= {"hour_from": 20, "hour_to": 21}
        self.create(self.marie, "immoassist.availability.override", **override)
        block = {"kind": "email", "value": "nuisance@client.example", "reason": "Insults"}
        self.create(self.ines, "immoassist.booking.block", **block)
        names = {"booking_username": "paul-le-courtier"}
        names["booking_type_ids"] = [(3, self.type("open_house"))]
        self.admin.call("res.users", "write", [self.paul.uid], names)
        kind = {
            "company_id": 1,
            "buffer_before": 5,
            "cancel_deadline_hours": 4,
            "to_bring": "Plans",
        }
        kind |= {"verify_email": True, "broker_ids": [(6, 0, [self.marie.uid, self.paul.uid])]}
        self.admin.call(TYPE, "write", [self.type("valuation")], kind)
        question = {"type_id": self.type("signing"), "name": "Who signs?", "kind": "text"}
        self.create(self.admin, "immoassist.booking.question", required=True, **question)
        street = {"street2": "Apartment 2"}
        self.marie.call("immoassist.transaction", "write", [self.deal()["id"]], street)
        self.marie.call("res.users", "action_renew_appointment_feed", [self.marie.uid])
        fields = ["appointment_feed_url"]
        return self.marie.call("res.users", "read", [self.marie.uid], fields)[0][fields[0]]

    # ---------------------------------------------------------------- what clients do

    def book(self, email, page=SIGNINGS, slot=None):
        """Book a time and answer every question; the address of the confirmation."""
        visitor = Client(self.odoo.url, "Rosalind", page)
        visitor.open_form(slot or self.last_free(page))
        visitor.form |= {"email": email, **self._answers(page)}
        answer = visitor.submit()
        alert = re.search(r'role="alert".*?</div>', answer.text, re.DOTALL)
        assert answer.status_code == 303, (answer.status_code, alert and alert[0])
        return answer.headers["Location"]

    def last_free(self, page):
        """The last time that a page offers: far from what a test does with the first ones."""
        return offered_times(self.odoo.url, page=page)[-1]

    def _answers(self, page):
        """An answer to each question of the type of a page, as its form names them."""
        slug = page.split("/")[3]
        questions = "immoassist.booking.question"
        found = self.admin.call(
            questions, "search_read", [("type_id.slug", "=", slug)], fields=["kind", "choice_ids"]
        )
        said = {"yes_no": "yes", "text": "Soon", "long": "As soon as it is\npossible"}
        return {
            f"question_{each['id']}": said.get(each["kind"]) or str(each["choice_ids"][0])
            for each in found
        }

    def _limit_connections(self, number):
        companies = self.admin.call("res.company", "search", [])
        self.admin.call("res.company", "write", companies, {"booking_limit_address": number})

    def look_around(self):
        """What visitors leave behind who book nothing: figures, a held time, a code."""
        url = self.odoo.url
        for kind in ("view", "start"):
            seen = {"kind": kind, "type": "visite"}
            page = f"{url}/book/marie-tremblay/seen"
            requests.post(page, seen, headers={"Origin": url}, timeout=30)
        visitor = Client(url, "Ida", SIGNINGS)
        visitor.open_form(self.last_free(SIGNINGS))
        wanted = {name: visitor.form[name] for name in ("csrf_token", "slot")} | {"page": "p"}
        assert visitor.session.post(f"{url}{SIGNINGS}/hold", wanted, timeout=30).json()["held"]
        kind = [self.type("visit")]
        self.admin.call(TYPE, "write", kind, {"verify_email": True})
        asked = Client(url, "Olga", VISITS)
        asked.open_form(self.last_free(VISITS))
        assert asked.submit().status_code == 200, "the page that asks for the code"
        self.admin.call(TYPE, "write", kind, {"verify_email": False})
        self._limit_connections(0)  # the next booking from here would need a code, too

    # ---------------------------------------------------------------- all of it

    def fill(self):
        """Everything that a release can keep; what was found in mails and on pages."""
        feed = self.set_up()
        cancelled = self.plan_of_each_kind()
        kept = {"feed": feed, "confirmation": self.book("ada.byron@client.example")}
        kept["property"] = self.link_of_property()
        path = kept["property"].removeprefix(self.odoo.url)
        slot = offered_times(self.odoo.url, page=VISITS)[3]
        self.book("by.link@client.example", re.sub(r"^/\w\w(_\w\w)?/", "/", path), slot)
        self.propose_to_each()
        self.look_around()
        # Last: nobody then changes what a worker is busy with, and waits for it.
        connected.connect(self, "google", GOOGLE)
        connected.connect(self, "outlook", OUTLOOK)
        connected.begin(self.paul, "google")
        connected.copy_busy(self)
        self.cancel(cancelled, "The house is sold")
        return kept
