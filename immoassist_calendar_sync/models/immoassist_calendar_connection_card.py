from odoo import api, fields, models


class ImmoassistCalendarConnection(models.Model):
    """What a card of My calendars shows beside the state."""

    _inherit = "immoassist.calendar.connection"

    calendar_lines = fields.Json(
        compute="_compute_calendar_lines",
        help="The calendars of the account as a list of name, words, and whether we write there. "
        "Empty for everybody but its broker: names of calendars may be private.",
    )

    @api.depends_context("uid", "lang")
    @api.depends("source_ids.import_mode", "source_ids.is_target", "source_ids.gone")
    def _compute_calendar_lines(self):
        for connection in self:
            sources = connection.source_ids if connection.is_mine else ()
            connection.calendar_lines = [source._card_line() for source in sources]


class ImmoassistCalendarSource(models.Model):
    _inherit = "immoassist.calendar.source"

    def _card_line(self):
        """What its line on the card of the account says."""
        self.ensure_one()
        used = not self.gone and (self.is_target or self.import_mode != "none")
        return {"id": self.id, "name": self.name, "words": self._card_words(), "used": used}

    def _card_words(self):
        if self.gone:
            return self.env._("no longer there")
        comes_in = {
            "full": self.env._("all of it comes in"),
            "busy": self.env._("busy times alone"),
            "none": self.env._("does not come in"),
        }[self.import_mode]
        if not self.is_target:
            return comes_in
        return self.env._("appointments go here, %(comes_in)s", comes_in=comes_in)
