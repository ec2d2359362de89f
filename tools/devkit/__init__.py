"""Gets Odoo, PostgreSQL and a browser, and runs the demo and the tests with them.

Only the standard library: this package runs before anything is installed.
"""
