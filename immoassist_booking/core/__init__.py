"""Pure functions of the booking pages: standard library only, no Odoo, no input or output."""
