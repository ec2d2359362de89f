from odoo.tests import tagged

from .json2_case import Json2Case
from .rights_case import FIELDS, MATRIX, PUBLIC_METHODS, RightsMixin


class Json2RightsCase(RightsMixin, Json2Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.day = cls.monday()
        cls.make_agency()
        cls.make_people()
        cls.keys = {role: cls.make_key(user) for role, user in cls.people.items()}
        cls.keys["public"] = None
        cls.keys["colleague"] = cls.make_key(cls.paris)
        cls.keys["stranger"] = cls.make_key(cls.stranger)


@tagged("post_install", "-at_install")
class TestJson2Matrix(Json2RightsCase):
    """The table of the rights again, by HTTP with a key of each."""

    def answers(self, role, model, operation, subject):
        """The answers to doing it, and whether it has happened."""
        key, field = self.keys[role], FIELDS[model]
        if operation == "create":
            before = self.env[model].sudo().search_count([])
            answer = self.call(key, model, "create", vals_list=[subject])
            return [answer], self.env[model].sudo().search_count([]) == before + 1
        ids = subject.ids
        if operation == "read":
            read = self.call(key, model, "read", ids=ids, fields=[field])
            found = self.call(
                key,
                model,
                "search",
                domain=[("id", "in", ids)],
                context={"active_test": False},
            )
            return [read], found.status_code == 200 and found.json() == ids
        if operation == "write":
            answer = self.call(key, model, "write", ids=ids, vals={field: subject[field]})
            return [answer], answer.status_code == 200
        answer = self.call(key, model, "unlink", ids=ids)
        return [answer], not subject.exists()

    def check(self, model):
        for role, relation, operation, expected, subject in self.tries(model):
            with self.subTest(model=model, role=role, relation=relation, op=operation):
                refused = 403 if self.keys[role] else 401
                (answer,), happened = self.answers(role, model, operation, subject)
                self.assertEqual(answer.status_code, 200 if expected else refused, answer.text)
                self.assertEqual(happened, expected)

    def test_matrix(self):
        for model in MATRIX:
            self.check(model)
