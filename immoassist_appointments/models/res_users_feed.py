import hmac
import re
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from .. import ics

BEFORE, AFTER = timedelta(days=30), timedelta(days=365)
# 256 bits: nobody finds an address by trying.
SECRET_BYTES = 32
SECRET = re.compile(r"[\w-]{1,100}", re.ASCII)


class ResUsers(models.Model):
    """The private calendar feed of a broker, for Apple Calendar and the like."""

    _inherit = "res.users"

    appointment_feed_secret = fields.Char(
        groups=fields.NO_ACCESS, copy=False, prefetch=False, index="btree_not_null"
    )
    appointment_feed_url = fields.Char(
        string="Calendar feed", compute="_compute_appointment_feed_url"
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, "appointment_feed_url"]

    @api.depends_context("uid")
    @api.depends("appointment_feed_secret")
    def _compute_appointment_feed_url(self):
        for user in self:
            # sudo: the field is nobody's to read. Its owner alone, also not an administrator:
            # the address shows the names and numbers of his clients.
            secret = user == self.env.user and user.sudo().appointment_feed_secret
            base = user.get_base_url()
            user.appointment_feed_url = secret and f"{base}/immoassist/feed/{secret}.ics"

    def action_renew_appointment_feed(self):
        """Give one's own feed an address, which kills the old one."""
        return self._set_feed_secret(secrets.token_urlsafe(SECRET_BYTES))

    def action_stop_appointment_feed(self):
        return self._set_feed_secret(False)

    def _set_feed_secret(self, secret):
        self.ensure_one()
        if self != self.env.user or not self._is_broker():
            raise AccessError(self.env._("Only brokers have a calendar feed, each their own."))
        # sudo: nobody writes the field by hand.
        self.sudo().appointment_feed_secret = secret
        self.invalidate_recordset(["appointment_feed_url"])
        # The preferences are a dialog, which a button closes: open them again, to show the address.
        return self.action_get() | {"res_id": self.id}

    @api.model
    def _of_feed_secret(self, secret):
        """The broker with this address, none when it is not in use (any more)."""
        if not SECRET.fullmatch(secret or ""):
            return self.browse()  # the database would refuse some of what anybody may send
        # sudo: whoever has the address reads this feed, and nothing else.
        user = self.sudo().search([("appointment_feed_secret", "=", secret)], limit=1)
        known = user.appointment_feed_secret or ""
        # The database may compare more loosely than we do.
        if not hmac.compare_digest(known.encode(), secret.encode()) or not user._is_broker():
            return self.browse()
        return user

    def _feed_file(self):
        """The appointments from 30 days ago to in a year, as a calendar."""
        self.ensure_one()
        appointments = self.env["immoassist.appointment"].search(self._feed_domain())
        name = self.with_context(lang=self.lang).env._("Appointments of %s", self.name)
        return ics.feed([appointment._feed_meeting() for appointment in appointments], name)

    def _feed_domain(self):
        now = fields.Datetime.now()
        # Imported ones are in the broker's calendars already, where they came from.
        return (
            Domain("broker_id", "=", self.id)
            & Domain("state", "!=", "cancelled")
            & Domain("source", "not in", ["google", "outlook"])
            & Domain("stop", ">=", now - BEFORE)
            & Domain("start", "<=", now + AFTER)
        )
