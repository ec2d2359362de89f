from odoo import models

# A cell that begins so is computed, by one spreadsheet program or another. Numbers keep their type,
# and "+33 6 12" its sign: Odoo takes care of "+" and "-" in CSV, where they matter.
FORMULAS = ("=", "@", "\t", "\r")


class ImmoassistExportMixin(models.AbstractModel):
    """Texts that strangers typed leave Odoo as texts: no cell of an export is a formula.

    Odoo's XLSX makes a formula of whatever begins with "=", which could send what stands in the
    other cells to whoever typed it.
    """

    _name = "immoassist.export.mixin"
    _description = "Exports without formulas"

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        rows = super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
        return [[_as_text(cell) for cell in row] for row in rows]


class ImmoassistAppointment(models.Model):
    _name = "immoassist.appointment"
    _inherit = ["immoassist.appointment", "immoassist.export.mixin"]


class ImmoassistAppointmentAttendee(models.Model):
    _name = "immoassist.appointment.attendee"
    _inherit = ["immoassist.appointment.attendee", "immoassist.export.mixin"]


def _as_text(cell):
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULAS) else cell
