"""What the figures of the booking pages count, with a browser: views, forms opened, bookings."""

from playwright.sync_api import expect

FIGURES = """
SELECT COALESCE(SUM(e.views), 0), COALESCE(SUM(e.starts), 0), COALESCE(SUM(e.bookings), 0)
  FROM immoassist_booking_event e
  JOIN res_users u ON u.id = e.broker_id
 WHERE u.booking_username = 'paul-martin'
"""


def told(page):
    """Waits until the page has told that somebody looks at it."""
    return page.expect_response(lambda answer: answer.url.endswith("/seen"))


def test_views_forms_and_bookings(odoo, visit):
    (before,) = odoo.sql(FIGURES)
    page = visit()
    with told(page) as answer:
        page.goto(f"{odoo.url}/book/paul-martin")
    assert answer.value.status == 204
    with told(page):
        page.click("a[href$='/book/paul-martin/appel']")
    # Another month is the same page: it is not counted again.
    page.click("a[data-turn='next']")
    expect(page.locator(".ib-list a").first).to_be_visible()
    with told(page):
        page.click(".ib-list a >> nth=0")
    page.fill("#name", "Yann Morel")
    page.fill("#email", "yann.morel@client.example")
    page.click("button.ib-button[type=submit]")
    page.wait_for_url("**/confirmation?**")
    (after,) = odoo.sql(FIGURES)
    assert [b - a for a, b in zip(before, after, strict=True)] == [2, 1, 1]
