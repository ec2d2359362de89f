"""A database into which addons move, and which they leave, by Odoo's own command line."""

import subprocess
from contextlib import closing, contextmanager

import psycopg2
import requests

from tests.e2e.backoffice import BackOffice
from tools.devkit import builds, config, odoo_cmd, odoo_log, serving
from tools.devkit.console import say

from . import footprint

#: Of Odoo itself, whatever is uninstalled.
HARMLESS = ("Two fields (", "Transient module states were reset")


class House:
    """:param connection: to PostgreSQL; :param name: of an existing database"""

    def __init__(self, connection, name):
        self.connection = connection
        self.name = name
        self.log = config.log_dir() / f"{name}.log"
        self.log.touch()

    def install(self, *addons):
        self._run("-i", ",".join(addons), "--stop-after-init", "--no-http")

    def update(self, *addons):
        self._run("-u", ",".join(addons), "--stop-after-init", "--no-http")

    def uninstall(self, *addons):
        self._run(*addons, command=("module", "uninstall"))

    def test(self, tags, *options):
        """Run tests of Odoo in it; they must not be none."""
        port = str(serving.free_port())
        said = self._run("--test-tags", tags, "--stop-after-init", "--http-port", port, *options)
        outcomes = odoo_log.tests(said).values()
        assert sum(outcome.passed for outcome in outcomes), "no test ran"
        assert [name for outcome in outcomes for name in outcome.skipped] == []

    def shell(self, code):
        builds.shell(self.connection, self.name, "Running code in Odoo's shell", code)

    def installed(self):
        """The names of our addons that are installed."""
        rows = self.sql("SELECT name FROM ir_module_module WHERE state = 'installed'")
        return {name for (name,) in rows} & set(config.MANIFESTS)

    def sql(self, query):
        with self.connected() as database, closing(database.cursor()) as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    @contextmanager
    def connected(self):
        names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user"}
        known = {names[name]: value for name, value in self.connection.env.items()}
        with closing(psycopg2.connect(dbname=self.name, **known)) as database:
            yield database

    def footprint(self):
        with self.connected() as database:
            return footprint.of(database)

    def mentions(self, word):
        with self.connected() as database:
            return footprint.mentions(database, word)

    @contextmanager
    def served(self):
        """Serve it, with threads and without crons."""
        port = serving.free_port()
        start = self.log.stat().st_size
        child = serving.start(
            *(self.connection, self.name, port, self.log),
            *("--workers=0", "--max-cron-threads=0", f"--gevent-port={serving.free_port()}"),
        )
        try:
            serving.wait_until_ready(child, port, self.log)
            yield f"http://{serving.HOST}:{port}"
        finally:
            odoo_cmd.end(child)
        self._check(start)

    def check_health(self):
        """Odoo itself works: the web client, the website, a meeting from its birth to its end."""
        with self.served() as url:
            assert requests.get(url, timeout=60).status_code == 200
            office = BackOffice(url, self.name, "admin", "admin")
            client = office.session.get(f"{url}/odoo", timeout=120)
            assert client.status_code == 200
            assert office.session.get(f"{url}/web/webclient/load_menus", timeout=60).json()
            start, stop = "2031-03-03 10:00:00", "2031-03-03 11:00:00"
            meeting = {"name": "Health", "start": start, "stop": stop}
            (id_,) = office.call("calendar.event", "create", [meeting])
            office.call("calendar.event", "write", [id_], {"location": "Here"})
            office.call("calendar.event", "get_views", [[False, "calendar"], [False, "form"]])
            office.call("res.users", "get_views", [[False, "form"], [False, "list"]])
            office.call("calendar.event", "unlink", [id_])

    def status_of(self, *paths):
        """HTTP status of public pages, in their order."""
        with self.served() as url:
            return [requests.get(url + path, timeout=60).status_code for path in paths]

    # ---------------------------------------------------------------- Odoo

    def _run(self, *arguments, command=()):
        """Run Odoo; fail when it fails, or warns of anything. Return the entries of its log."""
        say(f"{self.name}: odoo {' '.join((*command, *arguments))}")
        start = self.log.stat().st_size
        options = (*command, "-d", self.name)
        with self.log.open("a") as output:
            done = subprocess.run(
                odoo_cmd.command(*options, *arguments),
                env=odoo_cmd.environment(self.connection),
                pass_fds=self.connection.lock_fds,
                preexec_fn=odoo_cmd.die_with_parent,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
            )
        entries = self._check(start)
        tests = odoo_log.tests(entries).values()
        failed = [text for addon in tests for text in addon.failed.values()]
        assert done.returncode == 0, f"Odoo ended with {done.returncode}: see {self.log}\n{failed}"
        return entries

    def _check(self, start):
        text = self.log.read_bytes()[start:].decode(errors="replace")
        entries = odoo_log.entries(text)
        wrong = [e for e in odoo_log.unexpected(entries) if not e.text.startswith(HARMLESS)]
        assert [str(entry) for entry in wrong] == []
        return entries
