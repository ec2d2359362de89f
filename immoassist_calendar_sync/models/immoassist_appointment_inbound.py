from odoo import models
from odoo.exceptions import UserError, ValidationError

from .immoassist_appointment_vocabulary import IMPORTED

PROVIDERS = {"google": "Google", "outlook": "Outlook"}
GUEST_FIXED = frozenset(
    {"name", "description", "location", "start", "stop", "duration", "allday", "broker_id"}
)


class ImmoassistAppointment(models.Model):
    """What the sync does to appointments beyond an ordinary write."""

    _inherit = "immoassist.appointment"

    def _write_from_calendar(self, values):
        """Write what the provider says. An overlap cannot be refused: both stand, and are shown."""
        if self.source in IMPORTED and "show_as" in values:
            values = values | {"exclusive": False}  # it would become so when it is busy again
        if not self.exclusive:
            self.write(values)
            return
        try:
            with self.env.cr.savepoint():
                self.write(values)
        except ValidationError:
            self.write(values | {"exclusive": False})
            self._message_log(
                body=self.env._(
                    "Moved in the calendar onto another appointment: both are kept. Move one of "
                    "them."
                )
            )

    def _log_conflicts(self, conflicts, provider):
        """Keep both values of what was changed on both sides at once."""
        if self.source in IMPORTED:
            return  # no trace of the broker's private calendar
        env = self._broker_env()
        for conflict in conflicts:
            self._message_log(
                body=env._(
                    "“%(field)s” was changed here and in %(provider)s. Here: %(local)s. There: "
                    "%(remote)s. The value of Odoo was kept.",
                    field=conflict.name,
                    provider=PROVIDERS[provider],
                    local=conflict.local,
                    remote=conflict.remote,
                )
            )

    def _mirror_values(self):
        values = super()._mirror_values()
        if self.source in IMPORTED:
            values["privacy"] = "private"
        return values

    def write(self, vals):
        if not self.env.su and not GUEST_FIXED.isdisjoint(vals):
            self._check_organised_here()
        if "broker_id" in vals:
            self._check_stays_with_broker(vals["broker_id"])
        return super().write(vals)

    def _check_organised_here(self):
        self.check_access("write")  # first: the refusal tells what it is
        # sudo: links are read by their broker alone.
        links = self.sudo().calendar_link_ids
        for link in links.filtered(lambda link: link.kind == "event" and link._is_guests()):
            raise UserError(
                self.env._(
                    "“%(name)s” is organised by somebody else in %(provider)s, who alone can "
                    "change it. Ask the organiser, or cancel it to decline.",
                    name=link.appointment_id.name,
                    provider=PROVIDERS[link.connection_id.provider],
                )
            )

    def _check_stays_with_broker(self, broker_id):
        for appointment in self.filtered(lambda a: a.source in IMPORTED):
            if appointment.broker_id.id != broker_id:
                raise UserError(
                    self.env._(
                        "“%(name)s” comes from the calendar of %(broker)s and stays there. Create "
                        "an appointment of its own for somebody else.",
                        name=appointment.name,
                        broker=appointment.broker_id.name,
                    )
                )
