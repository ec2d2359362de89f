"""`odoo immoassist_rotate_key -d DATABASE`: encrypt tokens and secrets with the new key.

Odoo loads this file by itself, without the addon around it: hence no relative import.
"""

import sys
from contextlib import closing

from odoo import SUPERUSER_ID, api
from odoo.cli import Command
from odoo.modules.registry import Registry
from odoo.tools import config


class Immoassist_Rotate_Key(Command):
    """Encrypt the calendars' tokens and client secrets with the first of the keys.

    Put the new key in front of the old one in IMMOASSIST_ENCRYPTION_KEY (or
    immoassist_encryption_key in odoo.conf), with a comma between them, restart Odoo, and run this.
    Then the old one can be taken away.
    """

    name = "immoassist_rotate_key"

    def run(self, args):
        """Rotate the key of the database named by `-d`."""
        config.parser.prog = self.prog
        config.parse_config(args, setup_logging=True)
        databases = config["db_name"]
        if len(databases) != 1:
            sys.exit("Name one database: -d DATABASE")
        with closing(Registry(databases[0]).cursor()) as cr:
            # security: whoever runs it has the server.
            env = api.Environment(cr, SUPERUSER_ID, {})
            if "immoassist.calendar.connection" not in env:
                sys.exit("ImmoAssist Calendar Sync is not installed in this database.")
            number, failed = env["immoassist.calendar.connection"]._rotate_key()
            secrets = env["ir.config_parameter"]._immoassist_rotate_secrets()
            cr.commit()
        sys.stdout.write(f"Encrypted anew: {number} connections.\n")
        if secrets:
            sys.stderr.write(f"With none of the keys: {secrets}; enter these again.\n")
        if failed:
            sys.stderr.write(f"With none of the keys: connections {failed}; these reconnect.\n")
        sys.exit(1 if failed or secrets else 0)
