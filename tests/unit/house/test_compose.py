"""docker-compose.yml, odoo.conf and .env.example: sound, and without a secret.

The structure is checked from the YAML everywhere; where the compose tool is installed it also gets
to read the file itself.
"""

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tools.devkit import config

REPO = Path(__file__).resolve().parents[3]
# The bridge to the job queue is for who brings that queue: the image does not.
ADDONS = [name for name, m in config.MANIFESTS.items() if "queue_job" not in m["depends"]]
SECRET_NAME = re.compile(r"PASSWORD|SECRET|TOKEN|KEY")
VARIABLE = re.compile(r"^\$\{\w+:(\?[^}]+|-)\}$")
POSTGRES_MAX_CONNECTIONS = 100  # PostgreSQL's default, which we do not change


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load((REPO / "docker-compose.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def conf() -> configparser.SectionProxy:
    parser = configparser.RawConfigParser()
    parser.read(REPO / "odoo.conf", encoding="utf-8")
    return parser["options"]


def env_example() -> dict[str, str]:
    lines = (REPO / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_long_running_services_have_a_health_check_and_restart(compose):
    for name in ("db", "odoo"):
        assert compose["services"][name]["healthcheck"]["test"], name
        assert compose["services"][name]["restart"] == "unless-stopped", name


@pytest.mark.parametrize("name", ["odoo", "install"])
def test_odoo_waits_for_a_healthy_database(compose, name):
    assert compose["services"][name]["depends_on"] == {"db": {"condition": "service_healthy"}}


def test_data_lives_in_named_volumes(compose):
    assert set(compose["volumes"]) == {"db-data", "odoo-data"}
    assert "db-data:/var/lib/postgresql/data" in compose["services"]["db"]["volumes"]
    assert "odoo-data:/var/lib/odoo" in compose["services"]["odoo"]["volumes"]


def test_addons_and_configuration_are_mounted_read_only(compose):
    mounts = compose["services"]["odoo"]["volumes"]
    assert "./odoo.conf:/etc/odoo/odoo.conf:ro" in mounts
    for addon in ADDONS:
        assert f"./{addon}:/mnt/extra-addons/{addon}:ro" in mounts


def test_every_addon_is_installed_and_updated(compose):
    command = compose["services"]["install"]["command"]
    for option in ("--init=", "--update="):
        (value,) = [c.removeprefix(option) for c in command if c.startswith(option)]
        assert set(config.ADDONS) <= set(value.split(","))
    assert "--stop-after-init" in command


def test_the_languages_are_those_of_the_tests(compose):
    languages = ",".join(config.LANGUAGES)
    assert f"--load-language={languages}" in compose["services"]["install"]["command"]


def test_ports_are_on_the_loopback_address_only(compose):
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_no_secret_is_written_down(compose, conf):
    secrets = {
        (service, name): value
        for service, definition in compose["services"].items()
        for name, value in definition["environment"].items()
        if SECRET_NAME.search(name)
    }
    assert len(secrets) >= 3
    for place, value in secrets.items():
        assert VARIABLE.match(value), place
    assert not {"db_password", "admin_passwd"} & set(conf)


def test_the_example_names_every_variable_and_fills_in_no_secret():
    example = env_example()
    text = (REPO / "docker-compose.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{(\w+)", text)) == set(example)
    assert [name for name in example if SECRET_NAME.search(name) and example[name]] == []
    assert ".env" in (REPO / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_odoo_is_closed_to_strangers(conf):
    assert conf.getboolean("proxy_mode")
    assert not conf.getboolean("list_db")
    assert conf["http_interface"] == "0.0.0.0"  # noqa: S104 - of the container
    assert conf["db_name"]


def test_odoo_leaves_connections_to_spare(conf):
    processes = conf.getint("workers") + conf.getint("max_cron_threads") + 1
    assert processes * conf.getint("db_maxconn") < POSTGRES_MAX_CONNECTIONS


def test_time_and_memory_limits_are_ordered(conf):
    assert conf.getint("limit_memory_soft") < conf.getint("limit_memory_hard")
    assert conf.getint("limit_time_cpu") < conf.getint("limit_time_real")
    assert conf.getint("limit_time_real") < conf.getint("limit_time_real_cron")


def compose_tools() -> list[list[str]]:
    """The plugin and the older program read the file differently enough to ask both."""
    candidates = [["docker", "compose"], ["docker-compose"]]
    present = [c for c in candidates if shutil.which(c[0])]
    return [c for c in present if not _call(c, "version").returncode]


def _call(tool: list[str], *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if k not in env_example()} | variables
    return subprocess.run(
        [*tool, *arguments], cwd=REPO, env=env, capture_output=True, text=True, timeout=60
    )


def test_the_compose_tool_accepts_the_file():
    # An empty loop where there is no such tool: the tests above have checked the structure.
    secrets = {name: "s3cret" for name, value in env_example().items() if not value}
    for tool in compose_tools():
        done = _call(tool, "config", **secrets)
        assert done.returncode == 0, done.stderr
        assert set(yaml.safe_load(done.stdout)["services"]) >= {"db", "odoo"}


def test_the_compose_tool_refuses_to_start_without_secrets(tmp_path):
    (tmp_path / "empty").touch()
    for tool in compose_tools():
        done = _call(tool, "--env-file", str(tmp_path / "empty"), "config")
        assert done.returncode != 0
        assert "in .env" in done.stderr
