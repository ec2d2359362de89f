from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import encryption
from .immoassist_calendar_channel_life import PATHS
from .immoassist_calendar_oauth_flow import PATH
from .immoassist_calendar_settings import PREFIX

MOST_WORKERS = 20


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    immoassist_google_client_id = fields.Char(
        "Google client ID", config_parameter=f"{PREFIX}google_client_id"
    )
    # What is stored is never sent back to a browser: these are empty when they are opened.
    immoassist_google_secret = fields.Char("Google client secret")
    immoassist_google_secret_known = fields.Boolean(compute="_compute_immoassist_known")
    immoassist_google_environment = fields.Char(compute="_compute_immoassist_known")
    immoassist_google_redirect = fields.Char(
        "Google redirect address", compute="_compute_immoassist_addresses"
    )
    immoassist_microsoft_client_id = fields.Char(
        "Microsoft client ID", config_parameter=f"{PREFIX}microsoft_client_id"
    )
    immoassist_microsoft_secret = fields.Char("Microsoft client secret")
    immoassist_microsoft_secret_known = fields.Boolean(compute="_compute_immoassist_known")
    immoassist_microsoft_environment = fields.Char(compute="_compute_immoassist_known")
    immoassist_microsoft_redirect = fields.Char(
        "Microsoft redirect address", compute="_compute_immoassist_addresses"
    )
    immoassist_google_webhook = fields.Char(
        "Google webhook address", compute="_compute_immoassist_addresses"
    )
    immoassist_microsoft_webhook = fields.Char(
        "Microsoft webhook address", compute="_compute_immoassist_addresses"
    )
    immoassist_key_present = fields.Boolean(compute="_compute_immoassist_known")
    immoassist_sync_workers = fields.Integer(
        "Sync workers", help="How many connections are synced at the same time."
    )

    @api.depends_context("uid")
    def _compute_immoassist_known(self):
        settings = self.env["immoassist.calendar.settings"]
        for record in self:
            record.immoassist_google_secret_known = bool(
                settings._parameter("google_client_secret")
            )
            record.immoassist_microsoft_secret_known = bool(
                settings._parameter("microsoft_client_secret")
            )
            record.immoassist_google_environment = ", ".join(settings._from_environment("google"))
            record.immoassist_microsoft_environment = ", ".join(
                settings._from_environment("outlook")
            )
            record.immoassist_key_present = encryption.is_configured()

    @api.depends_context("uid")
    def _compute_immoassist_addresses(self):
        base = self.get_base_url()
        webhook = self.env["immoassist.calendar.settings"]._webhook_base()
        for record in self:
            record.immoassist_google_redirect = base + PATH % "google"
            record.immoassist_microsoft_redirect = base + PATH % "outlook"
            record.immoassist_google_webhook = webhook + PATHS["google"]
            record.immoassist_microsoft_webhook = webhook + PATHS["outlook"]

    @api.constrains("immoassist_sync_workers")
    def _check_immoassist_sync_workers(self):
        for record in self:
            if not 0 <= record.immoassist_sync_workers <= MOST_WORKERS:
                raise ValidationError(
                    self.env._("Between 1 and %(most)s sync workers.", most=MOST_WORKERS)
                )

    @api.constrains("immoassist_google_secret", "immoassist_microsoft_secret")
    def _check_immoassist_key(self):
        for record in self:
            entered = record.immoassist_google_secret or record.immoassist_microsoft_secret
            if entered and not encryption.is_configured():
                raise ValidationError(
                    self.env._(
                        "A client secret is stored encrypted: make an encryption key first, as "
                        "described under Calendars on this page."
                    )
                )

    @api.model
    def get_values(self):
        # sudo: the number of them.
        workers = self.env["immoassist.calendar.connection"].sudo()._worker_crons()
        return {**super().get_values(), "immoassist_sync_workers": len(workers)}

    def set_values(self):
        done = super().set_values()
        # sudo: settings may be changed by administrators alone, see `res.config.settings`.
        parameters = self.env["ir.config_parameter"].sudo()
        for company in ("google", "microsoft"):
            if secret := (self[f"immoassist_{company}_secret"] or "").strip():
                parameters.set_param(f"{PREFIX}{company}_client_secret", secret)
                self[f"immoassist_{company}_secret"] = False
        if self.immoassist_sync_workers:
            # sudo: as above.
            connections = self.env["immoassist.calendar.connection"].sudo()
            connections._have_workers(self.immoassist_sync_workers)
        return done

    def action_test_calendar_sync(self):
        """Tell what is wrong with the settings, in words."""
        check = self.env["immoassist.calendar.check"].create({})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Calendar settings"),
            "res_model": "immoassist.calendar.check",
            "res_id": check.id,
            "view_mode": "form",
            "target": "new",
        }
