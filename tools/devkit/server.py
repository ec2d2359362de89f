"""A running Odoo with a database of its own, for tests: `from tools.devkit import server`.

with server.running(demo=True) as odoo:
    requests.get(odoo.url + "/book/marie-tremblay")
    odoo.sql("SELECT count(*) FROM immoassist_appointment")
"""

import contextlib
import itertools
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from tools.devkit import (
    builds,
    cleaning,
    config,
    databases,
    odoo_cmd,
    peers,
    postgres,
    serving,
    templates,
)
from tools.devkit.postgres import Connection
from tools.devkit.python_tests import LOG_DIR

_COUNTER = itertools.count(1)


@dataclass
class Server:
    """The server and its database; `stop` and `start` for tests of what happens between."""

    database: str
    port: int
    log: Path
    connection: Connection
    options: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        """Address of the server, without a slash at the end."""
        return f"http://{serving.HOST}:{self.port}"

    def start(self) -> None:
        """Start Odoo and return when it answers."""
        self.process = serving.start(
            self.connection, self.database, self.port, self.log, *self.options, env=self.env
        )
        serving.wait_until_ready(self.process, self.port, self.log)

    def stop(self) -> None:
        """Stop Odoo and its workers; the database stays."""
        if self.process:
            odoo_cmd.end(self.process)
            self.process = None

    def kill(self) -> None:
        """End master and workers at once, as a machine that loses power: nobody cleans up."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    @contextlib.contextmanager
    def beside(self, name: str = "2") -> Iterator["Server"]:
        """Serve the same database by one more server, with the same file store and sessions.

        :param name: of its log, after that of the first
        """
        log = self.log.with_name(f"{self.log.stem}_{name}.log")
        # The last one counts: its websocket has a port of its own.
        options = (*self.options, f"--gevent-port={serving.free_port()}")
        other = replace(self, port=serving.free_port(), log=log, options=options, process=None)
        try:
            other.start()
            yield other
        finally:
            other.stop()

    def sql(self, query: str, parameters: tuple | None = None) -> list[tuple]:
        """Run one statement in a transaction of its own; return its rows, if it has any."""
        with contextlib.closing(self.connect()) as database, database, database.cursor() as cursor:
            cursor.execute(query, parameters)
            return cursor.fetchall() if cursor.description else []

    def connect(self):
        """Return a new psycopg2 connection to the database."""
        import psycopg2  # of the tests' environment; the rest of devkit runs without it

        names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user"}
        known = {names[name]: value for name, value in self.connection.env.items()}
        return psycopg2.connect(dbname=self.database, **known)

    def shell(self, code: str) -> None:
        """Run Python code where `env` is the database's environment; commit it yourself."""
        doing = "Running code in Odoo's shell"
        options = _addons(self.options)
        builds.shell(self.connection, self.database, doing, code, *options, env=self.env)


@contextlib.contextmanager
def running(
    demo: bool = False,
    workers: int = 2,
    options: tuple[str, ...] = (),
    env: dict[str, str] | None = None,
    peer: peers.Peer | None = None,
    bridges: tuple[str, ...] = (),
) -> Iterator[Server]:
    """Serve a fresh database with our addons, and drop it at the end.

    :param demo: with demo data
    :param workers: number of HTTP processes; 0 for one process with threads
    :param options: more arguments for Odoo
    :param env: more environment variables for Odoo
    :param peer: the addons of others instead of ours
    :param bridges: of ours, installed with what they stand on
    """
    others = peer or peers.beneath(bridges)
    options, env = (*options, *others.options), {**(env or {}), **others.env}
    folder = Path(os.environ.get(LOG_DIR) or config.log_dir())
    with postgres.running() as connection:
        cleaning.drop_leftovers(connection)
        database = _fresh_database(connection, demo, ours=not peer)
        options = (f"--workers={workers}", f"--gevent-port={serving.free_port()}", *options)
        log = folder / f"{database}.log"
        odoo = Server(database, serving.free_port(), log, connection, options, env)
        try:
            if modules := (peer.modules if peer else bridges):
                words = ("-i", ",".join(modules), *others.options)
                builds.run(connection, database, f"Installing {words[1]}", *words, env=env)
            odoo.start()
            yield odoo
        finally:
            odoo.stop()
            databases.drop(connection, database)


def _addons(options: tuple[str, ...]) -> list[str]:
    return [option for option in options if option.startswith("--addons-path")]


def _fresh_database(connection: Connection, demo: bool, *, ours: bool) -> str:
    # Several servers may run in one process: the first number says whose, the second which.
    name = f"immoassist_e2e_{os.getpid()}_{next(_COUNTER)}"
    templates.scratch(connection, name, demo, ours=ours)
    return name
