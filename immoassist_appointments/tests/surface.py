"""What of an addon can be reached from outside, as the running code has it, and with which guard.

Each addon says in its `tests/guards.py` who gets through each of its routes (`Door`) and public
methods (`Call`). `GuardsCase` holds that against the running code; `make security-table` writes it
into `docs/security-table.md`.
"""

from dataclasses import dataclass

OURS = "odoo.addons.immoassist_"
ALL = "everybody"
#: Who calls in the tests. The record is the broker's; "colleague" is a broker of the same company,
#: "foreign" one of another company, "internal" an employee without a group of ours.
CALLERS = ("public", "portal", "internal", "colleague", "foreign", "broker", "manager")
STAFF = ("colleague", "foreign", "broker", "manager")
OWN = ("broker", "manager")


@dataclass(frozen=True)
class Door:
    """The guard of a route: who gets in, what is written, what limits it."""

    who: str
    writes: str = "nothing"
    limits: str = ""


@dataclass(frozen=True)
class Call:
    """The guard of a public method, called with a record of the broker's.

    :param who: those of `CALLERS` who are not met by an AccessError
    :param by: what refuses the others
    :param does: what it writes or sends; empty: nothing
    :param arguments: those of the call in the test, after the record; None: see `by`
    """

    who: tuple[str, ...]
    by: str
    does: str = ""
    arguments: tuple | None = ()


@dataclass(frozen=True)
class Route:
    """A rule of the routing map of ours, with what Odoo is told to check before it runs."""

    path: str
    methods: str
    kind: str
    auth: str
    csrf: bool
    frames: bool
    readonly: bool

    @property
    def name(self):
        return f"{self.methods} {self.path}"


def routes(env, addon):
    """The routes of an addon, in order."""
    package = f"odoo.addons.{addon}."
    found = set()
    for rule in env["ir.http"].routing_map().iter_rules():
        endpoint, routing = rule.endpoint, rule.endpoint.routing
        if endpoint.func.__module__.startswith(package):
            methods = sorted(set(routing["methods"] or ("GET", "POST")) - {"OPTIONS"})
            forms = routing["type"] == "http" and "POST" in methods
            found.add(
                Route(
                    rule.rule,
                    ", ".join(methods),
                    routing["type"],
                    routing["auth"],
                    forms and routing.get("csrf", True),
                    bool(routing.get("embeddable")),
                    routing.get("readonly") is True,
                )
            )
    return sorted(found, key=lambda route: (route.path, route.methods))


def methods(env, addon):
    """The methods that RPC may call and that an addon defines: model to the set of their names."""
    package = f"odoo.addons.{addon}."
    found = {}
    for name, model in env.registry.items():
        for class_ in model.mro():
            # What a model inherits from another one of ours is told there.
            if class_.__module__.startswith(package) and class_._name == name:
                found.setdefault(name, set()).update(
                    attribute
                    for attribute, value in vars(class_).items()
                    if callable(value)
                    and not attribute.startswith("_")
                    and not getattr(value, "_api_private", False)
                )
    return {name: names for name, names in sorted(found.items()) if names}


def rows(env, addon, doors, calls):
    """What the table shows of an addon: rows of texts, of its routes and of its methods."""
    return {
        "routes": [_route_row(route, doors[route.name]) for route in routes(env, addon)],
        "calls": [
            (f"`{model}.{name}`", _names(call), call.by, call.does)
            for model, mine in sorted(calls.items())
            for name, call in sorted(mine.items())
        ],
    }


def _route_row(route, door):
    return (
        f"`{route.path}`",
        route.methods,
        route.auth,
        ("yes" if route.csrf else "**no**") if _is_form(route) else "",
        "listed" if route.frames else "own site",
        "yes" if route.readonly else "",
        door.who,
        door.writes,
        door.limits,
    )


def _is_form(route):
    return route.kind == "http" and "POST" in route.methods


def _names(call):
    if call.arguments is None:
        return "who has the right"
    if call.who == CALLERS:
        return ALL
    return ", ".join(name for name in CALLERS if name in call.who) or "administrators alone"
