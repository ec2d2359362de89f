"""Under which key an event is created at a provider."""

from __future__ import annotations

import hashlib


def creation_key(database: str, appointment: int, kind: str, generation: int) -> str:
    """Return 32 hexadecimal digits, always the same ones for the same creation.

    A creation that is sent twice, or again after its link was lost, is thereby recognised by the
    provider. An event that was deleted there and is created anew is another ``generation``.

    :param database: ``database.uuid``.
    :param appointment: its id.
    :param kind: of the link: the appointment itself or a block without content.
    """
    text = f"{database}/{appointment}/{kind}/{generation}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


GENERATIONS = 10
"""How many creations of one appointment are recognised after its link was lost."""


def creation_keys(database: str, appointment: int, kind: str) -> dict[str, int]:
    """Return the keys under which an appointment may have been created, with their generations."""
    return {
        creation_key(database, appointment, kind, generation): generation
        for generation in range(GENERATIONS)
    }
