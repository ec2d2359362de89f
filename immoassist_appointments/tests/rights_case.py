"""Who may do what with every model: one table, which the tests of the ORM and of JSON-2 share."""

from datetime import timedelta

from odoo import Command
from odoo.tests import new_test_user

from .common import ADMINISTRATOR, MONDAY, PARIS, QUIET, TORONTO, AgencyMixin, utc

YEAR = timedelta(weeks=52)
NOTHING, ALL = "", "rcwd"
LETTERS = {"r": "read", "c": "create", "w": "write", "d": "unlink"}
ROLES = ("public", "portal", "internal", "broker", "manager", "administrator")
STAFF = ROLES[3:]


def same_for(roles, **relations):
    return dict.fromkeys(roles, relations)


def broker_has_own(**broker):
    """The broker as said; who is above him also has what his colleagues have."""
    everything = {name: ALL for name in ("attended", "colleague") if name in broker}
    above = {"own": ALL, "foreign": NOTHING} | everything
    return {"broker": broker} | same_for(STAFF[1:], **above)


OWN_ONLY = {"own": ALL, "colleague": NOTHING, "foreign": NOTHING}
ATTENDED_READ = {"own": ALL, "attended": "r", "colleague": NOTHING, "foreign": NOTHING}
READ_OWN = {"own": "r", "colleague": NOTHING, "foreign": NOTHING}

# What each role may do: with own records, a colleague's, those attended and those of another
# company (foreign). Everybody who is not named may do nothing.
MATRIX = {
    "immoassist.appointment": broker_has_own(**ATTENDED_READ),
    "immoassist.appointment.attendee": broker_has_own(**ATTENDED_READ),
    "immoassist.transaction": broker_has_own(**OWN_ONLY | {"own": "rcw"}),
    "immoassist.transaction.contact": broker_has_own(**OWN_ONLY),
    "immoassist.availability.override": broker_has_own(**OWN_ONLY),
    "immoassist.availability.hours": broker_has_own(**OWN_ONLY),
    "immoassist.appointment.type": same_for(STAFF[:2], own="r", foreign=NOTHING)
    | same_for(STAFF[2:], own=ALL, foreign=NOTHING),
    "immoassist.reminder.rule": same_for(STAFF[:2], own="r") | same_for(STAFF[2:], own=ALL),
    # Written by code alone.
    "immoassist.booking.guard": {"administrator": {"own": "r", "colleague": "r"}},
    "immoassist.booking.hold": {"broker": READ_OWN}
    | same_for(STAFF[1:], **READ_OWN | {"colleague": "r"}),
    "immoassist.appointment.reminder": {"broker": READ_OWN | {"attended": "r"}}
    | same_for(STAFF[1:], **READ_OWN | {"attended": "r", "colleague": "r"}),
    # Made once, then only taken back: the client has read it.
    "immoassist.appointment.proposal": {"broker": OWN_ONLY | {"own": "rc"}}
    | same_for(STAFF[1:], **OWN_ONLY | {"own": "rcd", "colleague": "rcd"}),
    "immoassist.appointment.proposal.line": {"broker": OWN_ONLY | {"own": "rc"}}
    | same_for(STAFF[1:], **OWN_ONLY | {"own": "rcd", "colleague": "rcd"}),
    # Dialogs are of who opened them; they act with the rights of their user.
    "immoassist.appointment.cancel": same_for(STAFF, **OWN_ONLY),
    "immoassist.explain.time": same_for(STAFF, **OWN_ONLY),
    "immoassist.propose.times": same_for(STAFF, **OWN_ONLY),
    "immoassist.propose.times.slot": same_for(STAFF, **OWN_ONLY),
}
NEAREST = ("attended", "colleague", "own")
DIALOGS = (
    "immoassist.appointment.cancel",
    "immoassist.explain.time",
    "immoassist.propose.times",
    "immoassist.propose.times.slot",
)
# Without a company or an owner of its own: made by the code for whom the row is.
PARENTS = {
    "immoassist.appointment.attendee": ("appointment_id", "immoassist.appointment"),
    "immoassist.appointment.reminder": ("appointment_id", "immoassist.appointment"),
    "immoassist.transaction.contact": ("transaction_id", "immoassist.transaction"),
    "immoassist.appointment.proposal.line": ("proposal_id", "immoassist.appointment.proposal"),
    "immoassist.propose.times.slot": ("wizard_id", "immoassist.propose.times"),
}

# A plain field of each, to read and to write.
FIELDS = dict.fromkeys(MATRIX, "start") | {
    "immoassist.appointment": "name",
    "immoassist.appointment.attendee": "name",
    "immoassist.transaction": "name",
    "immoassist.transaction.contact": "role",
    "immoassist.availability.override": "date",
    "immoassist.availability.hours": "hour_from",
    "immoassist.appointment.type": "name",
    "immoassist.reminder.rule": "minutes_before",
    "immoassist.booking.guard": "turn",
    "immoassist.appointment.proposal": "client_name",
    "immoassist.appointment.cancel": "reason",
    "immoassist.explain.time": "hour",
    "immoassist.propose.times": "client_name",
}


class RightsMixin(AgencyMixin):
    """The people of the table, and what makes a record that stands in a relation to one of them."""

    #: A Monday, on which everybody works.
    day = MONDAY

    @classmethod
    def make_people(cls):
        cls.admin = cls.make_user("admin", ADMINISTRATOR, tz="America/Toronto")
        cls.people = {
            "public": cls.env.ref("base.public_user"),
            "portal": new_test_user(cls.env, "appt_portail", "base.group_portal", context=QUIET),
            "internal": cls.internal,
            "broker": cls.broker,
            "manager": cls.manager,
            "administrator": cls.admin,
        }
        for user in (cls.manager, cls.admin):
            cls.set_hours(user, {day: [(9, 12)] for day in range(5)})
        cls.everywhere = cls.make_type("partout", company_id=False)

    def cells(self, model):
        """Every cell of the table of one model: role, relation, and the letters of what may be."""
        relations = sorted({name for line in MATRIX[model].values() for name in line})
        # Who may do nothing is given what would most likely be let through.
        nearest = next(name for name in NEAREST if name in relations)
        for role in ROLES:
            for relation in relations if role in STAFF else [nearest]:
                yield role, relation, MATRIX[model].get(role, {}).get(relation, NOTHING)

    def tries(self, model):
        """Each operation of the table of one model, undone afterwards.

        :return: iterator of role, relation, operation, whether it is allowed, and what it takes:
            the values of "create", else a record with sudo
        """
        for role, relation, letters in self.cells(model):
            # Who opens a dialog is its owner: there is no creating a colleague's.
            opens = model in DIALOGS and model not in PARENTS
            if relation == "own" or not opens:
                with self.cr.savepoint() as savepoint:
                    values = self.values_of(model, relation, role)
                    yield role, relation, "create", "c" in letters, values
                    savepoint.rollback()
            with self.cr.savepoint() as savepoint:
                record = self.make_record(model, relation, role)
                for letter in "rwd":
                    with self.cr.savepoint() as again:
                        yield role, relation, LETTERS[letter], letter in letters, record
                        again.rollback()
                savepoint.rollback()

    def owner_of(self, relation, role):
        return {"own": self.people[role], "foreign": self.stranger}.get(relation, self.paris)

    def make_record(self, model, relation, role):
        """A record with sudo, made by its owner where that matters."""
        values = self.values_of(model, relation, role)
        records = self.env[model].sudo()
        if model in DIALOGS:
            records = records.with_user(self.owner_of(relation, role)).sudo()
        return records.create(values)

    def values_of(self, model, relation, role):
        """What makes a record of `model` that stands in `relation` to the person of `role`."""
        owner = self.owner_of(relation, role)
        company = self.other_company if relation == "foreign" else self.company
        if model in PARENTS:
            field, parent_model = PARENTS[model]
            parent = self.make_record(parent_model, relation, role)
            return {field: parent.id} | self.child_values(model, owner)
        start, stop = self.hours_of_day(owner)
        of_owner = {"broker_id": owner.id, "company_id": company.id}
        span = {"start": start, "stop": stop}
        return {
            "immoassist.appointment": {
                "name": "x",
                **of_owner,
                # Over: nobody is told of it, which takes long.
                **{name: moment - 4 * YEAR for name, moment in span.items()},
                "attendee_ids": self.attendees(relation, role),
            },
            "immoassist.transaction": {"name": "x", **of_owner},
            "immoassist.availability.override": {"broker_id": owner.id, "date": self.day},
            "immoassist.availability.hours": {
                "broker_id": owner.id,
                "dayofweek": "6",
                "hour_from": 20,
                "hour_to": 21,
            },
            "immoassist.appointment.cancel": {"reason": "x"},
            "immoassist.appointment.type": {
                "name": "x",
                "slug": "tout-neuf",
                "company_id": company.id,
            },
            "immoassist.reminder.rule": {"minutes_before": 77},
            "immoassist.booking.guard": {"broker_id": owner.id},
            "immoassist.booking.hold": {"broker_id": owner.id, **span, "expires_at": stop},
        }.get(model) or self.offer_values(model, of_owner, start)

    def offer_values(self, model, of_owner, start):
        client = {"client_name": "Ada Byron", "client_email": "ada@client.example"}
        asked = {"type_id": self.everywhere.id, "broker_id": of_owner["broker_id"]}
        offer = {**client, **asked}
        return {
            "immoassist.explain.time": asked,
            "immoassist.appointment.proposal": {
                **offer,
                **of_owner,
                "line_ids": [Command.create({"start": start})],
            },
            "immoassist.propose.times": {
                **offer,
                "slot_ids": [Command.create({"start": start, "selected": True})],
            },
        }[model]

    def child_values(self, model, owner):
        start, stop = self.hours_of_day(owner)
        partner = self.env["res.partner"].create({"name": "Ada"})
        return {
            "immoassist.appointment.attendee": {"partner_id": partner.id, "name": "x"},
            "immoassist.appointment.reminder": {
                "user_id": owner.id,
                "minutes_before": 7,
                **dict.fromkeys(("start", "due_at", "next_try_at"), start),
            },
            "immoassist.transaction.contact": {"partner_id": partner.id, "role": "buyer"},
            "immoassist.appointment.proposal.line": {"start": stop},
            "immoassist.propose.times.slot": {"start": stop},
        }[model]

    def attendees(self, relation, role):
        if relation != "attended":
            return []
        return [Command.create({"name": "x", "partner_id": self.people[role].partner_id.id})]

    def hours_of_day(self, owner):
        """An hour of `day` in which the owner works, in UTC."""
        start = utc(f"{self.day} 10:00", PARIS if owner == self.paris else TORONTO)
        return start, start + timedelta(hours=1)
