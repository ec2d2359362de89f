from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.base.models.res_partner import _lang_get
from odoo.addons.immoassist_appointments import signing

PURPOSE = "booking_link"
MAX_TOKEN = 500
# For how long a new link is good.
GOOD_FOR = timedelta(days=30)
OVER = ("closed", "cancelled")


class ImmoassistBookingLink(models.Model):
    """An address of the booking page that knows which property it is about.

    The address carries a signed number of this record and nothing else: who holds it can neither
    read what the broker did not choose to share, nor name another transaction.
    """

    _name = "immoassist.booking.link"
    _description = "Booking link of a transaction"
    _inherit = ["immoassist.known.records", "mail.thread"]
    _known_fields = ("partner_id", "transaction_id")
    _order = "id desc"
    _rec_name = "title"

    transaction_id = fields.Many2one(
        "immoassist.transaction", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="transaction_id.company_id", store=True, index=True)
    # Not stored: when somebody else takes the transaction over, its links lead to his page.
    broker_id = fields.Many2one(related="transaction_id.broker_id")
    contact_partner_ids = fields.Many2many(
        "res.partner", compute="_compute_contact_partner_ids", string="Contacts of the transaction"
    )
    type_id = fields.Many2one(
        "immoassist.appointment.type",
        string="Appointment type",
        ondelete="set null",
        help="Empty: the client chooses what to book.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="For",
        ondelete="cascade",
        help="His name and e-mail address stand in the form already. Whoever has the link sees "
        "them: give it to nobody else. Empty: anybody may use the link.",
    )
    lang = fields.Selection(
        _lang_get,
        string="Language",
        compute="_compute_lang",
        store=True,
        readonly=False,
        precompute=True,
        help="Of the page, when the website has it; the client may choose another one there.",
    )
    title = fields.Char(
        required=True,
        compute="_compute_title",
        store=True,
        readonly=False,
        precompute=True,
        help="How the property is called on the booking page.",
    )
    show_address = fields.Boolean(
        "Show the address",
        default=True,
        help="The address and a map are on the booking page. Otherwise only who has booked is "
        "told where it is.",
    )
    expires_at = fields.Datetime(
        string="Good until", required=True, default=lambda _self: fields.Datetime.now() + GOOD_FOR
    )
    revoked = fields.Boolean(readonly=True, copy=False)
    state = fields.Selection(
        [("open", "Open"), ("expired", "Expired"), ("cancelled", "Cancelled")],
        compute="_compute_state",
    )
    url = fields.Char("Link", compute="_compute_url")
    appointment_ids = fields.One2many("immoassist.appointment", "booking_link_id")
    appointment_count = fields.Integer("Booked", compute="_compute_appointment_count")

    @api.depends("transaction_id")
    def _compute_contact_partner_ids(self):
        for link in self:
            link.contact_partner_ids = link.transaction_id.contact_ids.partner_id

    @api.depends("partner_id")
    def _compute_lang(self):
        for link in self:
            link.lang = link.partner_id.lang or link.lang or link.broker_id.lang or self.env.lang

    @api.depends("transaction_id")
    def _compute_title(self):
        for link in self:
            link.title = link.transaction_id.name

    @api.depends("revoked", "expires_at", "transaction_id.state", "transaction_id.active")
    def _compute_state(self):
        now = fields.Datetime.now()
        for link in self:
            transaction = link.transaction_id
            if link.revoked or not transaction.active or transaction.state in OVER:
                link.state = "cancelled"
            else:
                link.state = "open" if link.expires_at and link.expires_at > now else "expired"

    @api.depends("transaction_id", "type_id", "lang", "expires_at")
    def _compute_url(self):
        for link in self:
            # sudo: of the broker's user record only what his page is called leaves this method.
            origin = link._origin.sudo()
            known = origin and origin.broker_id.booking_published
            link.url = origin._address() if known else False

    @api.depends("appointment_ids")
    def _compute_appointment_count(self):
        groups = self.env["immoassist.appointment"]._read_group(
            [("booking_link_id", "in", self.ids)], ["booking_link_id"], ["__count"]
        )
        counts = dict(groups)
        for link in self:
            link.appointment_count = counts.get(link, 0)

    @api.constrains("transaction_id", "partner_id")
    def _check_partner(self):
        for link in self.filtered("partner_id"):
            if link.partner_id not in link.contact_partner_ids:
                raise ValidationError(
                    self.env._(
                        "%s is not a contact of this transaction: add him there first.",
                        link.partner_id.display_name,
                    )
                )

    @api.constrains("transaction_id", "type_id")
    def _check_type(self):
        for link in self.filtered("type_id"):
            if link.type_id not in link.type_id._offered_by(link.broker_id):
                raise ValidationError(
                    self.env._(
                        "%(broker)s does not offer “%(type)s”. Choose another appointment type.",
                        broker=link.broker_id.name,
                        type=link.type_id.name,
                    )
                )

    # ---------------------------------------------------------------- the address

    def _token(self):
        self.ensure_one()
        return signing.sign(self.env, PURPOSE, {"link": self.id}, self.expires_at)

    def _path(self):
        """Address of the page, without host and language."""
        self.ensure_one()
        page = f"/book/{self.broker_id.booking_username}"
        if self.type_id:
            page += f"/{self.type_id.slug}"
        return f"{page}/link/{self._token()}"

    def _address(self):
        """The whole address, in the language of the link when the website speaks it."""
        website = self.env["res.users"]._booking_website(self.company_id)
        lang = website.language_ids.filtered(lambda language: language.code == self.lang)
        prefix = f"/{lang.url_code}" if lang and lang != website.default_lang_id else ""
        return f"{website.get_base_url()}{prefix}{website._booking_path(self._path())}"

    @api.model
    def _of_token(self, token):
        """The link that the token was made for; none when it is garbage or far too old."""
        if len(token) > MAX_TOKEN:
            return self.browse()
        values = signing.read(self.env, PURPOSE, token) or {}
        return self.browse(values.get("link") or ()).exists()

    @api.model
    def _current(self):
        """The link by which the visitor of the page came, while it is good; else none."""
        return self.browse(self.env.context.get("immoassist_booking_link") or ())

    @api.model
    def _is_dead(self):
        """Whether the visitor came by a link that is not good (any more)."""
        return self.env.context.get("immoassist_booking_link") == 0

    # ---------------------------------------------------------------- buttons

    def action_create_link(self):
        """The record is saved by the button; show it again, with its address."""
        self.ensure_one()
        self._check_published()
        return self._dialog()

    def action_revoke(self):
        self.check_access("write")
        # Pages that are open already: what is booked there is not filed any more.
        self.revoked = True

    def action_send(self):
        """Write a mail with the link to its contact."""
        self.ensure_one()
        self._check_published()
        template = self.env.ref("immoassist_booking.mail_template_booking_link")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send the booking link"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_template_id": template.id,
                "default_email_layout_xmlid": "mail.mail_notification_light",
            },
        }

    def _check_published(self):
        self.check_access("read")
        # sudo: a manager may not read everything of a colleague's user record.
        if not self.sudo().broker_id.booking_published:
            raise UserError(
                self.env._(
                    "The booking page of %s is not public. Publish it first, in the preferences.",
                    self.broker_id.name,
                )
            )

    def _dialog(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Booking link"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "large"},
        }
