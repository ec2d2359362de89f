"""Makes two requests to a running server meet: neither sleeps nor hopes."""

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor

PATIENCE = 60
# Who waits for the time of a broker.
BLOCKED = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND wait_event_type = 'Lock' AND query LIKE '%INSERT INTO immoassist_booking_guard%'"
)
# Odoo makes mails of its own, which wait for its next round.
UNSENT = (
    "SELECT count(*) FROM mail_mail q JOIN mail_message m ON m.id = q.mail_message_id"
    " WHERE q.state = 'outgoing' AND m.model LIKE 'immoassist.appointment%'"
)


@contextlib.contextmanager
def held_time(odoo, broker):
    """Nobody can change the time of a broker until the end of the block."""
    with contextlib.closing(odoo.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(
            "UPDATE immoassist_booking_guard SET turn = turn WHERE broker_id = %s", (broker,)
        )
        assert cursor.rowcount == 1
        yield
        connection.rollback()


def until(condition, what):
    """Ask again and again; each answer of the database takes its time."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"


def until_sent(odoo):
    """Wait until none of our mails is left in the queue."""
    until(lambda: odoo.sql(UNSENT) == [(0,)], "the mail queue to be empty")


def at_the_same_moment(odoo, broker, *actions):
    """Start the actions one after the other, each with its own view of the data.

    Each begins before any other has ended: it waits for the time of the broker. PostgreSQL chooses
    whom it lets through first.

    :return: what each returned or raised, in the order of the actions
    """
    with ThreadPoolExecutor(len(actions)) as pool:
        with held_time(odoo, broker):
            futures = []
            for number, action in enumerate(actions, start=1):
                futures.append(pool.submit(action))
                until(lambda n=number: odoo.sql(BLOCKED)[0][0] >= n, f"{number} to wait")
        return [future.exception() or future.result() for future in futures]
