from markupsafe import Markup

from odoo import api, fields, models

ROW = Markup(
    '<div class="d-flex gap-3 py-2 border-bottom">'
    '<i class="fa fa-fw fa-lg mt-1 %s" role="img"></i><div><strong>%s</strong><br/>%s</div></div>'
)
RIGHT, WRONG = "fa-check-circle text-success", "fa-exclamation-triangle text-warning"


class ImmoassistCalendarCheck(models.TransientModel):
    """What is wrong with the settings of the calendar sync."""

    _name = "immoassist.calendar.check"
    _description = "Check of the calendar settings"

    result = fields.Html(readonly=True, default=lambda self: self._result(), sanitize=False)

    @api.model
    def _result(self):
        rows = self.env["immoassist.calendar.settings"]._check()
        return Markup().join(ROW % (RIGHT if right else WRONG, *words) for right, *words in rows)
