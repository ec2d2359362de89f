from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import answers


class ImmoassistBookingQuestion(models.Model):
    """Asked in the form, to whoever books an appointment of its type."""

    _name = "immoassist.booking.question"
    _description = "Question of the booking form"
    _order = "sequence, id"

    type_id = fields.Many2one(
        "immoassist.appointment.type", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char("Question", required=True, translate=True)
    kind = fields.Selection(
        [
            (answers.TEXT, "Short text"),
            (answers.LONG, "Long text"),
            (answers.CHOICE, "Choice"),
            (answers.YES_NO, "Yes or no"),
        ],
        "Answer",
        required=True,
        default=answers.TEXT,
    )
    required = fields.Boolean()
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    choice_ids = fields.One2many(
        "immoassist.booking.question.choice", "question_id", "Choices", copy=True
    )

    @api.constrains("kind", "choice_ids", "active")
    def _check_choices(self):
        for question in self:
            few = len(question.choice_ids) < 2
            if question.active and question.kind == answers.CHOICE and few:
                raise ValidationError(
                    self.env._("Give at least two choices for “%s”.", question.name)
                )

    def _field(self):
        """Its name in the form."""
        self.ensure_one()
        return f"{answers.PREFIX}{self.id}"

    def _core(self):
        """As `core.answers` knows them, in their order."""
        return [
            answers.Question(
                field=question._field(),
                kind=question.kind,
                required=question.required,
                choices=tuple(str(choice.id) for choice in question.choice_ids),
            )
            for question in self
        ]


class ImmoassistBookingQuestionChoice(models.Model):
    _name = "immoassist.booking.question.choice"
    _description = "Choice of a question of the booking form"
    _order = "sequence, id"

    question_id = fields.Many2one(
        "immoassist.booking.question", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char("Choice", required=True, translate=True)
    sequence = fields.Integer(default=10)


class ImmoassistAppointmentType(models.Model):
    _inherit = "immoassist.appointment.type"

    booking_question_ids = fields.One2many(
        "immoassist.booking.question", "type_id", "Questions", copy=True
    )
