"""Chance, so that what could all come at one moment does not."""

from random import SystemRandom


def fraction() -> float:
    """Return a number from 0 to 1, below 1."""
    return SystemRandom().random()
