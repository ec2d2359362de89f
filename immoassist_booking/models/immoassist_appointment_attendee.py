from odoo import fields, models

from ..core import notice


class ImmoassistAppointmentAttendee(models.Model):
    """What somebody who booked online had read, and agreed to: the proof stays as it was given."""

    _inherit = "immoassist.appointment.attendee"

    privacy_notice = fields.Text(
        readonly=True, copy=False, help="As it was shown above the button, in his language."
    )
    privacy_version = fields.Char("Version of the notice", readonly=True, copy=False)
    privacy_shown_at = fields.Datetime("Notice shown on", readonly=True, copy=False)
    marketing_question = fields.Text(
        readonly=True, copy=False, help="The box that he ticked. Empty: he did not."
    )
    marketing_agreed_at = fields.Datetime("Agreed to marketing on", readonly=True, copy=False)

    def _note_consent(self, company, version, agrees):
        """Keep what was shown and agreed to, now.

        :param str version: of the notice that the form showed, as `core.notice` names it
        :param bool agrees: whether the box of the marketing question was ticked
        """
        now = fields.Datetime.now()
        text = company._booking_privacy_notice()
        if version == notice.version(text):
            self.write(
                {"privacy_notice": text, "privacy_version": version, "privacy_shown_at": now}
            )
        if agrees and company.booking_marketing_question:
            question = company.booking_marketing_question
            self.write({"marketing_question": question, "marketing_agreed_at": now})
