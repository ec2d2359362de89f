"""What belongs to one account of the simulated Microsoft."""

from __future__ import annotations

from dataclasses import dataclass

from ..store import Account
from .delta import Deltas
from .mailbox import Mailbox

PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""Tenant of all personal accounts."""


@dataclass(slots=True)
class Box:
    """An account with its mailbox.

    :param under_way: requests at this moment.
    :param quiet: a person acts: what Exchange mails then is no business of ours.
    """

    account: Account
    mailbox: Mailbox
    deltas: Deltas
    under_way: int = 0
    quiet: bool = False

    @property
    def tenant(self) -> str:
        """Return the id of the tenant."""
        return self.account.options["tenant"]

    @property
    def personal(self) -> bool:
        """Whether it is an account at outlook.com."""
        return self.tenant == PERSONAL
