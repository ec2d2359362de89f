from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.constants import GC_UNLINK_LIMIT

KEPT = timedelta(days=90)


class ImmoassistCalendarSyncRun(models.Model):
    _inherit = "immoassist.calendar.sync.run"

    @api.autovacuum
    def _gc_old_runs(self):
        """Delete what is older than three months."""
        old = [("start", "<", fields.Datetime.now() - KEPT)]
        found = self.search(old, limit=GC_UNLINK_LIMIT)
        found.unlink()
        return len(found), len(found) == GC_UNLINK_LIMIT  # done, and whether more remain
