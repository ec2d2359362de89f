"""No page of the booking, in no state, breaks a rule of WCAG 2.2 AA that axe-core knows."""

import pytest

from .axe import violations
from .booking_states import States
from .conftest import DESKTOP, PHONE

EXPECTED = 30
SCREENS = {"desktop": DESKTOP, "phone": PHONE}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("screen", SCREENS)
def test_every_state(odoo, visit, picture, screen, language):
    page = visit(SCREENS[screen], locale="fr-CA" if language == "fr" else "en-US")
    states = States(odoo, page, "/fr_CA" if language == "fr" else "")
    found, seen = [], []
    for state in states.walk():
        seen.append(state)
        page.wait_for_load_state("load")
        picture(page, f"booking-{state}-{screen}-{language}")
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append(f"{state}: sticks out to the side")
        # As high as the page: what stands under a bar now is one scroll away.
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({**SCREENS[screen], "height": height + 200})
        found += [f"{state}: {line}" for line in violations(page)]
        page.set_viewport_size(SCREENS[screen])
    assert len(seen) >= EXPECTED
    assert not found, "\n".join(found)
