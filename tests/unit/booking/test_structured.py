"""What search engines are told: only what is known, in schema.org's words."""

from odoo.addons.immoassist_booking.core import structured

URL = "https://agence.example/book/marie"
AGENCY = structured.agency(name="Agence", url="https://agence.example")


def test_what_is_not_known_is_not_said():
    assert AGENCY == {
        "@type": "RealEstateAgent",
        "name": "Agence",
        "url": "https://agence.example",
    }
    nowhere = structured.agency(name="Agence", url="x", address={"postalCode": "", "x": ""})
    assert "address" not in nowhere


def test_broker():
    found = structured.broker(
        name="Marie Tremblay",
        url=URL,
        job="Real-estate broker",
        works_for=AGENCY,
        languages=" Français, English ;Español·",
    )
    assert found["@type"] == "Person"
    assert found["knowsLanguage"] == ["Français", "English", "Español"]
    assert found["worksFor"] is AGENCY
    assert found["potentialAction"]["target"]["urlTemplate"] == URL
    assert "telephone" not in found


def test_document_of_a_service():
    service = structured.service(name="Visit", url=URL, provider=AGENCY)
    found = structured.document(service)
    assert found["@context"] == "https://schema.org"
    assert (found["@type"], found["provider"]) == ("Service", AGENCY)
