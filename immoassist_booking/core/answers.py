"""Answers to the questions of an appointment type: cleaned, or refused with a reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .guest import clean, refused, showable

TEXT, LONG, CHOICE, YES_NO = "text", "long", "choice", "yes_no"
LIMITS = {TEXT: 200, LONG: 2000}
PREFIX = "question_"


@dataclass(frozen=True)
class Question:
    """What is asked, as far as the answer is judged by it.

    :param str field: its name in the form
    :param str kind: "text", "long", "choice" or "yes_no"
    :param choices: what a "choice" may be answered with
    """

    field: str
    kind: str
    required: bool = False
    choices: tuple[str, ...] = ()

    @property
    def limit(self) -> int:
        """How many characters may be typed; 0 for what is not typed."""
        return LIMITS.get(self.kind, 0)

    @property
    def allowed(self) -> tuple[str, ...]:
        return ("yes", "no") if self.kind == YES_NO else self.choices


def read_answers(
    raw: Mapping[str, str], questions: Iterable[Question]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the answers as they are shown again, and per field the code of what is wrong.

    Codes: "required", "long", "characters", "choice". What nobody asked is ignored.
    """
    values, errors = {}, {}
    for question in questions:
        given = raw.get(question.field, "")
        if question.limit:
            # As in `read_guest`: never work on a megabyte.
            multiline = question.kind == LONG
            value = clean(given[: question.limit * 4], multiline=multiline)
            error = _typed_error(question, value, multiline)
            value = showable(value)[: question.limit]
        else:
            value = given if given in question.allowed else ""
            error = _chosen_error(question, given)
        values[question.field] = value
        if error:
            errors[question.field] = error
    return values, errors


def _typed_error(question: Question, value: str, multiline: bool) -> str | None:
    if not value:
        return "required" if question.required else None
    if len(value) > question.limit:
        return "long"
    return "characters" if refused(value, multiline=multiline) else None


def _chosen_error(question: Question, given: str) -> str | None:
    if not given:
        return "required" if question.required else None
    return None if given in question.allowed else "choice"
