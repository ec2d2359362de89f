from contextlib import suppress

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.immoassist_appointments.tests.common import ADMINISTRATOR

from ..core.grant import Grant
from .common import SyncCase, moment

SECRET = "a-token-that-nobody-reads"
PEOPLE = ("broker", "manager", "administrator")
# What each role reads of their own, of a colleague and of another company; what they write of it
# is below. Everybody who is not named may do nothing.
READS = {
    "immoassist.calendar.connection": {
        "broker": {"own"},
        "manager": {"own", "colleague"},
        "administrator": {"own", "colleague"},
    },
    "immoassist.calendar.source": {role: {"own"} for role in PEOPLE},
    "immoassist.calendar.link": {role: {"own"} for role in PEOPLE},
    "immoassist.calendar.busy": {role: {"own"} for role in PEOPLE},
    "immoassist.calendar.sync.run": {
        "broker": {"own"},
        "manager": {"own", "colleague"},
        "administrator": {"own", "colleague"},
    },
    # Technical, without content or secrets that could be read.
    "immoassist.calendar.channel": {"administrator": {"own", "colleague", "foreign"}},
    "immoassist.calendar.notification": {"administrator": {"own", "colleague", "foreign"}},
    "immoassist.calendar.oauth.flow": {"administrator": {"own", "colleague", "foreign"}},
}
# (a field, a value) that its broker alone may write.
WRITES = {
    "immoassist.calendar.connection": ("copy_busy", True),
    "immoassist.calendar.source": ("import_mode", "none"),
}
# Questions to who asks; what they do checks for itself.
TRANSIENT = {"immoassist.calendar.disconnect", "immoassist.calendar.check"}
SECRETS = {
    "immoassist.calendar.connection": {
        *("access_token", "refresh_token", "pending_grant", "account_id"),
    },
    "immoassist.calendar.source": {"cursor"},
    "immoassist.calendar.link": {"base"},
    "immoassist.calendar.channel": {"secret_hash"},
    "immoassist.calendar.oauth.flow": {"state_hash", "flow"},
}


class SecurityCase(SyncCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.make_user("admin", ADMINISTRATOR, tz="America/Toronto")
        cls.people = {
            "public": cls.env.ref("base.public_user"),
            "internal": cls.internal,
            "broker": cls.broker,
            "manager": cls.manager,
            "administrator": cls.admin,
        }

    def records_of(self, owner):
        """A record of each model that belongs to `owner`, by model."""
        connection, _account = self.connect("google", owner)
        source = connection.source_ids
        expires = moment("2027-03-01 10:00")
        connection._store_grant(Grant(SECRET, expires, frozenset(), SECRET, "id", "x@y.example"))
        channel = self.env["immoassist.calendar.channel"].create(
            {"connection_id": connection.id, "secret_hash": SECRET}
        )
        make = {
            "immoassist.calendar.link": {"source_id": source.id, "external_id": "e"},
            "immoassist.calendar.busy": {
                **{"source_id": source.id, "fingerprint": "f"},
                **{"start": "2027-03-01 10:00:00", "stop": "2027-03-01 11:00:00"},
            },
            "immoassist.calendar.sync.run": {
                **{"connection_id": connection.id, "start": "2027-03-01 10:00:00"},
                "outcome": "done",
            },
            "immoassist.calendar.notification": {"channel_id": channel.id},
            "immoassist.calendar.oauth.flow": {
                **{"user_id": owner.id, "provider": "google", "state_hash": "h"},
                **{"flow": SECRET, "expires_at": "2027-03-01 10:00:00"},
            },
        }
        made = {name: self.env[name].create(values) for name, values in make.items()}
        self.env.flush_all()
        return made | {
            "immoassist.calendar.connection": connection,
            "immoassist.calendar.source": source,
            "immoassist.calendar.channel": channel,
        }


@tagged("post_install", "-at_install")
class TestMatrix(SecurityCase):
    def each(self, check):
        """Call check(model, role, person, relation, record) for each of them."""
        for role, person in self.people.items():
            owners = {"colleague": self.paris, "foreign": self.stranger}
            if role in PEOPLE:
                owners["own"] = person
            for relation, owner in owners.items():
                with self.cr.savepoint() as savepoint:
                    for model, record in self.records_of(owner).items():
                        self.env.invalidate_all()
                        with self.subTest(model=model, role=role, relation=relation):
                            check(model, role, relation, record.with_user(person))
                    savepoint.rollback()
                    self.env.invalidate_all()

    def test_who_reads(self):
        def check(model, role, relation, record):
            expected = relation in READS[model].get(role, set())
            self.assertEqual(self.done(lambda: record.read(["create_date"])), expected)
            found = record.browse()
            with suppress(AccessError):
                found = record.search([])
            self.assertEqual(record in found, expected)

        self.each(check)

    def test_who_writes(self):
        def check(model, _role, relation, record):
            field, value = WRITES.get(model, ("create_date", "2027-01-01 10:00:00"))
            expected = model in WRITES and relation == "own"
            self.assertEqual(self.done(lambda: record.write({field: value})), expected)

        self.each(check)

    def test_nobody_makes_or_deletes_by_hand(self):
        def check(_model, _role, _relation, record):
            values = record.sudo().copy_data()[0]
            self.assertFalse(self.done(lambda: record.create(values)))
            self.assertFalse(self.done(record.unlink))

        self.each(check)

    def done(self, act):
        """Whether it was let be done."""
        try:
            with self.cr.savepoint():
                act()
                self.env.flush_all()
        except AccessError:
            return False
        return True

    def test_every_model_is_in_the_matrix(self):
        ours = self.env["ir.model"].search([("model", "=like", "immoassist.%")])
        mine = ours.filtered(
            lambda m: (
                m.modules.split(", ")[0] == "immoassist_calendar_sync"
                and not self.env[m.model]._abstract
            )
        )
        self.assertEqual(set(mine.mapped("model")), set(READS) | TRANSIENT)


@tagged("post_install", "-at_install")
class TestSecrets(SecurityCase):
    def test_no_way_to_read_them(self):
        for model, record in self.records_of(self.admin).items():
            for name in SECRETS.get(model, ()):
                for person in (self.admin, self.env.ref("base.user_admin")):
                    mine = record.with_user(person)
                    with self.subTest(model=model, field=name, user=person.login):
                        self.assertNotIn(name, mine.fields_get())
                        self.refuse(lambda mine=mine, name=name: mine.read([name]))
                        self.refuse(lambda mine=mine, name=name: mine.export_data([name]))
                        self.refuse(lambda m=mine, n=name: m.search([(n, "=like", "a%")]))
                        self.refuse(lambda m=mine, n=name: m.search([], order=n))
                        self.refuse(lambda m=mine, n=name: m.formatted_read_group([], [n]))
                        self.refuse(lambda m=mine, n=name: m.write({n: "x"}))

    def refuse(self, call):
        try:
            with self.cr.savepoint():
                call()
        except (AccessError, UserError, ValueError):  # not even who may export
            return
        self.fail("It was let be done.")

    def test_tokens_are_encrypted(self):
        connection = self.records_of(self.broker)["immoassist.calendar.connection"]
        self.env.cr.execute(
            "SELECT c::text FROM immoassist_calendar_connection c WHERE id = %s", [connection.id]
        )
        self.assertNotIn(SECRET, self.env.cr.fetchone()[0])

    def test_no_ladder_into_a_colleagues_calendar(self):
        """Whoever could move a connection would have a colleague's appointments in his account."""
        mine = self.records_of(self.broker)
        theirs = self.records_of(self.paris)
        connection, source = (
            mine[f"immoassist.calendar.{name}"].with_user(self.broker)
            for name in ("connection", "source")
        )
        foreign = theirs["immoassist.calendar.connection"]
        attempts = (
            (connection, {"user_id": self.paris.id}),
            (connection, {"state": "connected"}),
            (connection, {"emptied_trusted": True}),
            (source, {"connection_id": foreign.id}),
            (source, {"external_id": "x"}),
            (source, {"user_id": self.paris.id}),
            (connection, {"source_ids": [(4, theirs["immoassist.calendar.source"].id)]}),
        )
        for record, values in attempts:
            with self.subTest(values=values), self.assertRaises(AccessError):
                record.write(values)
                self.env.flush_all()

    def test_the_question_before_leaving_tells_nothing_of_others(self):
        foreign = self.records_of(self.paris)["immoassist.calendar.connection"]
        wizard = self.env["immoassist.calendar.disconnect"].with_user(self.broker)
        with self.assertRaises(AccessError):
            record = wizard.create({"connection_id": foreign.id})
            self.env.invalidate_all()
            record.read(["account_email"])
        with self.assertRaises(AccessError):
            wizard.sudo().create({"connection_id": foreign.id}).with_user(
                self.broker
            ).action_disconnect()

    def test_the_question_before_leaving_is_of_who_asked(self):
        """A colleague does not turn "leave them there" into "remove them"."""
        connection = self.records_of(self.broker)["immoassist.calendar.connection"]
        wizards = self.env["immoassist.calendar.disconnect"].with_user(self.broker)
        wizard = wizards.create({"connection_id": connection.id})
        for somebody in (self.paris, self.manager):
            with self.assertRaises(AccessError):
                wizard.with_user(somebody).write({"mode": "remove"})
