"""The first available broker of a team: whose turn it is."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Turn:
    """What decides when a broker's turn is.

    :param int broker: id
    :param int load: his appointments of the coming weeks
    :param int last: grows with time: when he was chosen the last time; 0 is never
    """

    broker: int
    load: int = 0
    last: int = 0


def order(turns: Iterable[Turn]) -> list[int]:
    """Return the brokers in the order in which they are asked.

    Whoever has fewest appointments comes first; of several, who was not chosen for longest; then
    the lower id, so that the answer does not depend on the order of the question.
    """
    ordered = sorted(turns, key=lambda turn: (turn.load, turn.last, turn.broker))
    return [turn.broker for turn in ordered]
