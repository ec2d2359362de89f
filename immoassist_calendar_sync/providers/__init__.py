"""The calendar providers: HTTP only, no ORM. Each implements the protocols of ``core.provider``."""
