from datetime import timedelta

import pytest

from immoassist_appointments.core.mail_retry import LONGEST, is_hopeless, pause

BY = "Mail Delivery Failed\nMail delivery failed via SMTP server 'None'.\n"


def test_pauses_grow_to_an_hour():
    pauses = [pause(number) for number in range(1, 9)]
    assert pauses[:3] == [timedelta(minutes=minutes) for minutes in (1, 2, 4)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == pause(5000) == LONGEST


@pytest.mark.parametrize(
    ("reason", "hopeless"),
    [
        ("SMTPRecipientsRefused: {'a@b.example': (550, b'No such user')}", True),
        ("SMTPRecipientsRefused: {'a@b.example': (452, b'Mailbox full')}", False),
        ("SMTPRecipientsRefused: {'a@b.example': (450, b'I said 550, once')}", False),
        ("SMTPSenderRefused: (550, b'Not you', 'agency@b.example')", False),
        ("SMTPDataError: (554, b'Misconfigured')", False),
        ("ConnectionRefusedError: [Errno 111] Connection refused", False),
        ("SMTPRecipientsRefused: something new", False),
        ("", False),
    ],
)
def test_only_a_refused_address_is_hopeless(reason, hopeless):
    assert is_hopeless(reason and BY + reason) is hopeless
