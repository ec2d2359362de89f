from odoo import models
from odoo.exceptions import UserError
from odoo.tools import clean_context


class ImmoassistAppointmentAttendee(models.Model):
    """A guest becomes a contact when the broker says so, and not before."""

    _inherit = "immoassist.appointment.attendee"

    def action_make_contact(self):
        """Tie the guest to the contact with the same e-mail address, or to a new one.

        Nothing of an existing contact is changed: the guest may be anybody who typed this address.
        """
        for attendee in self.filtered(lambda a: not a.partner_id):
            attendee.check_access("write")
            attendee.partner_id = attendee._known_contact() or attendee._new_contact()

    def _known_contact(self):
        self.ensure_one()
        contacts = self.env["res.partner"]
        if not self.email_normalized:
            return contacts
        # With the user's own rights: he must not learn of contacts that he may not see.
        return contacts.search(
            [
                ("email_normalized", "=", self.email_normalized),
                ("company_id", "in", [self.company_id.id, False]),
            ],
            order="id",
            limit=1,
        )

    def _new_contact(self):
        self.ensure_one()
        if not self.name:
            raise UserError(self.env._("Give the name of the guest first."))
        # sudo: a broker may keep his clients without the right to edit every contact.
        contact = (
            self.env["res.partner"]
            .sudo()
            .with_context(clean_context(self.env.context))
            .create(
                {
                    "name": self.name,
                    "email": self.email_normalized,
                    "phone": self.phone,
                    "lang": self.lang,
                    "tz": self.tz,
                    "company_id": self.company_id.id,
                    "user_id": self.appointment_id.broker_id.id,
                }
            )
        )
        return contact.sudo(False)
