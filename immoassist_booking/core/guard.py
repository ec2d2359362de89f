"""Who is a robot, who is one and the same, and how much is too much. Nothing here is kept."""

import ipaddress
from datetime import datetime, timedelta

# A field that people neither see nor reach. Not a name that browsers fill in by themselves.
HONEYPOT = "website"
# A form that was left open for longer is shown once more before it is sent.
LONGEST = timedelta(hours=12)
# Providers give a household this much of IPv6.
HOUSEHOLD = 64


def fill_problem(made: datetime | None, now: datetime, least: timedelta) -> str | None:
    """Return why a form is not accepted yet: "fast" or "old"; None when it is.

    :param made: when the form was made; None when it does not say so, which is as good as old
    :param least: people need this long
    """
    if made is None or made > now or now - made > LONGEST:
        return "old"
    return "fast" if now - made < least else None


def network(address: str) -> str:
    """Return the part of an IP address that one visitor cannot choose freely; "" for no address."""
    parsed = _address(address)
    if parsed is None:
        return ""
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, HOUSEHOLD), strict=False))


def same_person(email: str) -> str:
    """Return what the addresses of one mailbox have in common: no "+tag", no capitals.

    Only to count. A contact is found by the exact address alone.
    """
    local, _at, domain = email.strip().lower().rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def domains(email: str) -> list[str]:
    """Return the domain of an address and all those above it: "a.b.ca", "b.ca", "ca"."""
    parts = email.strip().lower().rpartition("@")[2].split(".")
    return [".".join(parts[start:]) for start in range(len(parts))]


def within(address: str, ranges: list[str]) -> bool:
    """Whether an IP address lies in one of these networks ("203.0.113.0/24") or is one of them."""
    parsed = _address(address)
    return parsed is not None and any(parsed in ipaddress.ip_network(text) for text in ranges)


def window(now: datetime, period: timedelta) -> tuple[int, datetime]:
    """Return the number and the end of the fixed stretch of time that `now` lies in (aware)."""
    number = int(now.timestamp() // period.total_seconds())
    end = datetime.fromtimestamp((number + 1) * period.total_seconds(), tz=now.tzinfo)
    return number, end


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
