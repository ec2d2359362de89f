from odoo.tests import HttpCase, tagged

from .common import AgencyMixin

CLICK = (
    "odoo.loader.modules.get('@web/webclient/clickbot/clickbot_loader')"
    ".startClickEverywhere('immoassist_appointments.menu_root');"
)


@tagged("post_install", "-at_install", "-standard", "click_all")
class TestEveryMenu(AgencyMixin, HttpCase):
    """Every menu, view and filter of the app, as Odoo's own robot clicks through it."""

    allow_end_on_form = True

    def setUp(self):
        super().setUp()
        self.make_agency()

    def click_everywhere(self, login):
        self.browser_js(
            "/odoo",
            CLICK,
            "odoo.isReady === true",
            login=login,
            timeout=600,
            success_signal="clickbot test succeeded",
        )

    def test_of_a_broker(self):
        self.click_everywhere(self.broker.login)

    def test_of_the_administrator(self):
        self.click_everywhere("admin")
