from odoo import fields, models
from odoo.fields import Command


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    immoassist_appointment_id = fields.Many2one(
        "immoassist.appointment",
        string="Appointment",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    def write(self, vals):
        done = super().write(vals)
        if not {"start", "stop", "active"}.isdisjoint(vals):
            self.filtered("immoassist_appointment_id")._carry_to_appointment()
        return done

    def _carry_to_appointment(self):
        """Move or cancel the appointments of meetings that were moved or archived by hand."""
        for meeting in self:
            # sudo: who may move the broker's meeting moves the appointment with it.
            appointment = meeting.sudo().immoassist_appointment_id
            if not meeting.active:
                appointment.action_cancel()
            elif appointment._held_range() != (meeting.start, meeting.stop):
                appointment.write({"start": meeting.start, "stop": meeting.stop})

    def _differs(self, name, value):
        """Whether writing `value` (as given to `write`) to the field would change anything."""
        self.ensure_one()
        current = self[name]
        match self._fields[name].type:
            case "many2one":
                return current.id != value
            case "many2many":
                wanted = next((c[2] for c in value if c[0] == Command.SET), [])
                return set(current.ids) != set(wanted)
            case _:
                return (current or False) != (value or False)
