from odoo import models


class CalendarAttendee(models.Model):
    _inherit = "calendar.attendee"

    # Odoo looks for the attendees of a meeting; whether somebody is free asks the other way round.
    _immoassist_partner_index = models.Index("(partner_id)")
