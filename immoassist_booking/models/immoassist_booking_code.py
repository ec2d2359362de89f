import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, consteq
from odoo.tools.constants import GC_UNLINK_LIMIT

from odoo.addons.immoassist_appointments import signing
from odoo.addons.immoassist_appointments.models.immoassist_appointment_invitation import PERSONAL

from ..core import guard

PURPOSE = "code"
LASTING = timedelta(minutes=15)
ATTEMPTS = 5
# In an hour, to one mailbox. Beyond it the page looks the same and nothing is sent.
MAILS = 5
HOUR = timedelta(hours=1)
MAX_TOKEN = 500


class ImmoassistBookingCode(models.Model):
    """A code of six digits that was sent to an e-mail address, to prove whose it is.

    Neither the code nor the address is stored: both are keyed hashes.
    """

    _name = "immoassist.booking.code"
    _description = "Code sent to the e-mail address of a client"
    _log_access = False  # who booked has no account

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    broker_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    lang = fields.Char(required=True)
    key = fields.Char(required=True, help="Of the mailbox and the visitor's session.")
    digest = fields.Char(required=True)
    attempts = fields.Integer(required=True, default=0)
    expires_at = fields.Datetime(required=True, index=True)

    @api.model
    def _key(self, email, visitor):
        return self.env["immoassist.booking.limit"]._key("code", f"{email.lower()}|{visitor}")

    @api.model
    def _send(self, broker, email, visitor, full=False):
        """Mail a code, or what is open already.

        The two differ in the mail alone: neither the page nor its time tells a stranger which.

        :param broker: with whom; several of a team: the mail comes from one of them
        :param bool full: as many appointments are open as may be; the code is not told then
        :return: a ticket for the form that asks for the code
        """
        code = f"{secrets.randbelow(10**6):06d}"
        key = self._key(email, visitor)
        row = self.create(
            {
                "company_id": broker.company_id.id,
                "broker_id": broker[:1].id,
                "lang": self.env.lang or "en_US",
                "key": key,
                "digest": self._digest(key, code),
                "expires_at": fields.Datetime.now() + LASTING,
            }
        )
        limits = self.env["immoassist.booking.limit"]
        if limits._use("mail", guard.same_person(email), HOUR)[0] <= MAILS:
            row._mail(email, code, full)
        return signing.sign(self.env, PURPOSE, {"code": row.id, "key": key}, row.expires_at)

    def _mail(self, email, code, full):
        template = self.env.ref("immoassist_booking.mail_template_code")
        # Not his name: whoever typed it may be a stranger who has something to say.
        values = {**PERSONAL, "email_to": email, "booking_full": full}
        template.with_context(code=code).send_mail(self.id, email_values=values)
        self.env["immoassist.appointment"]._wake_mail_queue()

    def _open_mail(self, email):
        """Subject and body of the mail about what is open, in place of the code."""
        appointments = self.env["immoassist.appointment"]._open_online(self.company_id, email)
        template = self.env.ref("immoassist_booking.mail_template_open")
        template = template.with_context(appointments=appointments, reader=email)
        words = template._generate_template(self.ids, ("subject", "body_html"))[self.id]
        return {name: words[name] for name in ("subject", "body_html")}

    @api.model
    def _digest(self, key, code):
        return self.env["immoassist.booking.limit"]._key("digits", f"{key}|{code}")

    @api.model
    def _is_ours(self, ticket, email, visitor):
        """Whether we gave out this ticket, for this mailbox, to this visitor."""
        return bool(self._ticket(ticket, email, visitor))

    @api.model
    def _ticket(self, ticket, email, visitor):
        values = signing.read(self.env, PURPOSE, ticket) if len(ticket) <= MAX_TOKEN else None
        return values if values and values["key"] == self._key(email, visitor) else None

    @api.model
    def _check(self, ticket, email, visitor, typed):
        """Compare a code, for good: an attempt counts whatever becomes of the request.

        :return: "right" (then it is used up), "wrong", or "dead": too old, used, too many attempts
        """
        values = self._ticket(ticket, email, visitor)
        if not values:
            return "dead"
        limits = self.env["immoassist.booking.limit"]
        row = limits._alone(
            SQL(
                """
                UPDATE immoassist_booking_code SET attempts = attempts + 1
                 WHERE id = %s AND expires_at > %s AND attempts < %s RETURNING digest, attempts
                """,
                values["code"],
                fields.Datetime.now(),
                ATTEMPTS,
            )
        )
        if not row:
            return "dead"
        if not consteq(row[0], self._digest(values["key"], typed)):
            return "wrong" if row[1] < ATTEMPTS else "dead"
        # Of two requests with the right code one finds the row.
        forget = SQL(
            "DELETE FROM immoassist_booking_code WHERE id = %s RETURNING id", values["code"]
        )
        return "right" if limits._alone(forget) else "dead"

    # ---------------------------------------------------------------- words of the mails

    def _open_words(self, appointments, reader):
        """What the mail shows of each appointment: words, and where it is moved or cancelled.

        Only of exactly the address that the mail goes to: somewhere "claire+x" may be a neighbour.
        """
        self.ensure_one()
        attendees = appointments.attendee_ids.filtered(
            lambda attendee: attendee.email_normalized == reader.lower()
        )
        return [
            {
                "name": attendee.appointment_id.type_id.name or attendee.appointment_id.name,
                "when": attendee._when_words(),
                "url": attendee._link("answer"),
            }
            for attendee in attendees
        ]

    @api.autovacuum
    def _gc_expired(self):
        expired = self.search([("expires_at", "<=", fields.Datetime.now())], limit=GC_UNLINK_LIMIT)
        expired.unlink()
        return len(expired), len(expired) == GC_UNLINK_LIMIT
