from odoo import models

INVITATION = "text/calendar; method="


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def _build_email__(self, *args, attachments=None, **kwargs):
        """Make of an invitation one more way to read the mail, beside text and HTML.

        As an attachment, mail programs offer to save it; as an alternative with its method they
        show the appointment with buttons (RFC 6047). An .ics file attached by hand stays a file.
        """
        parts = [part for part in attachments or [] if part[2].startswith(INVITATION)]
        files = [part for part in attachments or [] if part not in parts]
        message = super()._build_email__(*args, attachments=files or None, **kwargs)
        for _name, content, mimetype in parts:
            _add_invitation(message, content, mimetype.removeprefix(INVITATION))
        return message


def _add_invitation(message, content, method):
    body = next(part for part in message.walk() if part.get_content_type() != "multipart/mixed")
    # The last alternative is the preferred one: programs that cannot show it fall back on HTML.
    body.add_alternative(
        content.decode(), subtype="calendar", charset="utf-8", params={"method": method}
    )
