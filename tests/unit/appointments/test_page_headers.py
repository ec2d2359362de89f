from odoo.addons.immoassist_appointments.core.page_headers import page_headers


def test_nobody_else_frames_a_page():
    headers = page_headers()
    assert headers["Content-Security-Policy"] == "frame-ancestors 'self'"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Cache-Control" not in headers


def test_listed_sites_do():
    headers = page_headers(["https://example.com", "https://*.example.org"])
    policy = "frame-ancestors 'self' https://example.com https://*.example.org"
    assert headers["Content-Security-Policy"] == policy
    assert "X-Frame-Options" not in headers  # it could only forbid them


def test_a_private_page_stays_out_of_caches():
    headers = page_headers(private=True)
    assert headers["Cache-Control"] == "no-store"
    assert "noindex" in headers["X-Robots-Tag"]
