"""Needs real servers and takes minutes: `make test-upgrade`."""

import pytest

from tests.e2e.mailbox import Mailbox


@pytest.fixture(scope="session")
def mailbox():
    """Receives what the servers send."""
    with Mailbox() as running:
        yield running
