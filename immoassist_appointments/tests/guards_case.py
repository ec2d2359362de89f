"""The tests of `surface`: every door has a guard, and it is the one that the table names."""

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw

from .surface import CALLERS, methods, routes


class GuardsMixin:
    """For a TransactionCase with `addon`, `doors`, `calls`, `callers` and `subject`."""

    # Odoo runs the tests of a class of the file alone, unless it is told so.
    allow_inherited_tests_method = True
    addon = ""
    doors = {}
    calls = {}
    maxDiff = None

    def callers(self):
        """The users of `CALLERS`, by name."""
        people = {"internal": self.internal, "colleague": self.paris, "foreign": self.stranger}
        people |= {"broker": self.broker, "manager": self.manager}
        people |= {"public": self.env.ref("base.public_user"), "portal": self.portal}
        return {name: people[name] for name in CALLERS}

    def subject(self, model):
        """A record of the broker's, with sudo; none for what is asked of the model."""
        raise NotImplementedError  # each addon has its own models

    def arguments(self, model, name):
        return self.calls[model][name].arguments

    def test_every_route_has_a_guard(self):
        found = [route.name for route in routes(self.env, self.addon)]
        self.assertEqual(sorted(found), sorted(self.doors))

    def test_every_public_method_has_a_guard(self):
        found = methods(self.env, self.addon)
        self.assertEqual(found, {model: set(calls) for model, calls in self.calls.items()})

    def test_who_may_call(self):
        """Everybody calls everything, as by RPC: an AccessError where the table says so."""
        walked = 0
        for model, calls in self.calls.items():
            for name, call in calls.items():
                if call.arguments is None:  # walked by another test, see `by`
                    continue
                with self.cr.savepoint() as savepoint:
                    record = self.subject(model)
                    for caller, user in self.callers().items():
                        with self.subTest(model=model, method=name, caller=caller):
                            passed = self.passes(record.with_user(user), name)
                            self.assertEqual(passed, caller in call.who)
                            walked += 1
                    savepoint.rollback()
                self.env.invalidate_all()
        self.assertGreater(walked, 10)

    def passes(self, record, name):
        """Whether nothing said that this user may not. What is done is undone."""
        arguments = self.arguments(record._name, name)
        function = getattr(type(record), name)
        ids = [] if getattr(function, "_api_model", False) else [record.ids]
        with self.cr.savepoint() as savepoint:
            # Now: what the savepoint flushes first reads with sudo, and nobody is asked for his
            # rights on what is in the cache.
            self.env.invalidate_all()
            try:
                call_kw(record.browse(), name, [*ids, *arguments], {})
                self.env.flush_all()
            except AccessError:
                return False
            except (UserError, ValueError):
                # What else is wrong with the call comes after the guard.
                return True
            finally:
                savepoint.rollback()
                self.env.invalidate_all()
        return True
