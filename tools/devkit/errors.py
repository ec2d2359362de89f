"""The one exception that a user is meant to read."""


class Problem(Exception):
    """Something the user can act on: printed as one sentence, without a traceback."""
