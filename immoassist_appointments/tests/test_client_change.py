from freezegun import freeze_time

from odoo.tests import tagged

from .test_client_pages import PageCase


@tagged("post_install", "-at_install")
class TestClientChange(PageCase):
    def test_until_when_it_can_be_changed(self):
        """In the words of the client's language and zone; only when it is not up to the start."""
        pages = [self.link(action) for action in ("answer", "move", "cancel")]
        for page in pages:
            self.assertNotIn("cancel it online until", self.url_open(page).text)
        self.type.cancel_deadline_hours = 24
        for page in pages:
            self.assertIn(
                "You can move or cancel it online until Tuesday, March 9, 2027, 10:00",
                self.url_open(page).text,
                page,
            )
        self.ada.tz = "Europe/Paris"
        self.assertIn("March 9, 2027, 4:00", self.url_open(pages[0]).text)
        with freeze_time("2027-03-09 15:00:01"):
            for page in pages:
                text = self.url_open(page).text
                self.assertNotIn("cancel it online until", text)
                self.assertIn("514 555-0100", text)

    def test_what_to_bring(self):
        self.type.to_bring = "A <b>proof</b> of identity\nYour questions"
        page = self.url_open(self.link("answer")).text
        self.assertIn("A &lt;b&gt;proof&lt;/b&gt; of identity\nYour questions", page)
        card = self.ada._mail_card()
        self.assertIn("A &lt;b&gt;proof&lt;/b&gt; of identity", card)
        self.booked.state = "cancelled"
        self.assertNotIn("proof", self.url_open(self.link("answer")).text)
        self.assertNotIn("proof", self.ada._mail_card())
