from odoo import models


class ImmoassistCalendarConnection(models.Model):
    """How many workers there are: Odoo runs one cron in one place at a time."""

    _inherit = "immoassist.calendar.connection"

    def _have_workers(self, number):
        """Have so many crons that sync; at least one."""
        crons = self._worker_crons().sorted("id")
        missing = number - len(crons)
        for index in range(missing):
            crons[0].copy(
                {"name": f"Calendar sync: worker {len(crons) + index + 1}", "active": True}
            )
        if missing < 0:
            crons[max(number, 1) :].unlink()
