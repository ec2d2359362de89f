from odoo import api, fields, models

from ..core import answers


class ImmoassistBookingAnswer(models.Model):
    """What a client answered, beside the words in which he was asked.

    The words are kept, in every language: whoever changes, archives or deletes a question later
    does not change what this client said.
    """

    _name = "immoassist.booking.answer"
    _description = "Answer in the booking form"
    _order = "sequence, id"
    _rec_name = "question"

    appointment_id = fields.Many2one(
        "immoassist.appointment", required=True, readonly=True, index=True, ondelete="cascade"
    )
    question_id = fields.Many2one(
        "immoassist.booking.question",
        "Present question",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    choice_id = fields.Many2one(
        "immoassist.booking.question.choice",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    sequence = fields.Integer(readonly=True)
    question = fields.Char(required=True, readonly=True, translate=True)
    answer = fields.Text(required=True, readonly=True, translate=True)

    @api.model_create_multi
    def create(self, vals_list):
        created = super().create(vals_list)
        created._keep_words()
        return created

    def _keep_words(self):
        """Keep what was asked, and what was chosen, in each language of the database."""
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        for answer in self:
            question = answer.question_id
            asked = {lang: question.with_context(lang=lang).name for lang in languages}
            answer.update_field_translations("question", asked)
            if said := answer._chosen_words(languages):
                answer.update_field_translations("answer", said)

    def _chosen_words(self, languages):
        if self.choice_id:
            return {lang: self.choice_id.with_context(lang=lang).name for lang in languages}
        if self.question_id.kind == answers.YES_NO:
            yes = self.answer == "yes"
            return {lang: self.with_context(lang=lang)._yes_or_no(yes) for lang in languages}
        return {}

    @api.model
    def _yes_or_no(self, yes):
        return self.env._("Yes") if yes else self.env._("No")


class ImmoassistAppointment(models.Model):
    _inherit = "immoassist.appointment"

    booking_answer_ids = fields.One2many(
        "immoassist.booking.answer", "appointment_id", "Answers", readonly=True
    )

    def _forget_words(self):
        # sudo: called by the cron; answers are nobody's to delete by hand.
        self.sudo().booking_answer_ids.unlink()
        return super()._forget_words()


class ImmoassistBookingForm(models.AbstractModel):
    _inherit = "immoassist.booking.form"

    @api.model
    def _read(self, type_, given):
        form = super()._read(type_, given)
        values, errors = answers.read_answers(given, type_.booking_question_ids._core())
        form.values.update(values)
        form.errors.update(errors)
        return form

    @api.model
    def _form_page(self, broker, type_, query, form=None, **options):
        page = super()._form_page(broker, type_, query, form, **options)
        questions = type_.booking_question_ids
        blank = {question._field(): "" for question in questions}
        limits = {question.field: question.limit for question in questions._core()}
        return page | {
            "questions": [self._question_card(question) for question in questions],
            "values": blank | page["values"],
            "limits": page["limits"] | limits,
        }

    @api.model
    def _question_card(self, question):
        choices = [(str(choice.id), choice.name) for choice in question.choice_ids]
        if question.kind == answers.YES_NO:
            words = self.env["immoassist.booking.answer"]
            choices = [("yes", words._yes_or_no(True)), ("no", words._yes_or_no(False))]
        label = question.name
        if not question.required:
            label = self.env._("%s (optional)", label)
        return {
            "field": question._field(),
            "kind": question.kind,
            "label": label,
            "required": question.required,
            "choices": choices,
        }

    @api.model
    def _error_messages(self, errors):
        messages = super()._error_messages(errors)
        # In the order of the form, where the message comes last.
        note = {"note": messages.pop("note")} if "note" in messages else {}
        asked = {
            field: self._answer_message(code)
            for field, code in errors.items()
            if field.startswith(answers.PREFIX)
        }
        return messages | asked | note

    @api.model
    def _answer_message(self, code):
        if code == "long":
            return self.env._("This answer is too long. Shorten it, please.")
        if code == "characters":
            return self._error_message("note", code)
        if code == "choice":
            return self.env._("Choose one of the answers.")
        return self.env._("Answer this question, please.")

    @api.model
    def _booking_options(self, type_, form):
        options = super()._booking_options(type_, form)
        commands = [
            fields.Command.create(self._answer_values(number, question, value))
            for number, question in enumerate(type_.booking_question_ids)
            if (value := form.values.get(question._field()))
        ]
        values = options.get("values", {}) | {"booking_answer_ids": commands}
        return options | {"values": values}

    @api.model
    def _answer_values(self, number, question, value):
        choice = question.kind == answers.CHOICE and question.choice_ids.browse(int(value))
        return {
            "question_id": question.id,
            "sequence": number,
            "question": question.name,
            "choice_id": choice.id if choice else False,
            "answer": choice.name if choice else value,
        }
