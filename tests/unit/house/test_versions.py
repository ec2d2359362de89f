"""One version of everything: what is tested, documented and deployed are the same."""

import ast
import json
import re
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPO = Path(__file__).resolve().parents[3]
MANIFESTS = sorted(REPO.glob("immoassist_*/__manifest__.py"))
LOCKS = (REPO / "tools" / "requirements-odoo.lock", REPO / "tools" / "requirements-dev.lock")
# Ubuntu 24.04's, which the official image is made from.
IMAGE_PYTHON = {"python_version": "3.12", "python_full_version": "3.12.3"}
# Installed by apt in the official image, where pip cannot replace them: an exact version in
# requirements.txt would break the build of the image, or Odoo.
IN_THE_IMAGE = {
    "babel", "cryptography", "jinja2", "lxml", "pillow", "psycopg2", "pyopenssl", "python-dateutil",
    "pytz", "requests", "urllib3", "vobject", "werkzeug",
}  # fmt: skip


def read(name: str) -> str:
    return (REPO / name).read_text(encoding="utf-8")


def manifest(path: Path) -> dict:
    return ast.literal_eval(path.read_text(encoding="utf-8"))


def compose_image(service: str) -> tuple[str, str]:
    services = yaml.safe_load(read("docker-compose.yml"))["services"]
    name, _, tag = services[service]["image"].partition(":")
    return name, tag


def odoo_series() -> str:
    return re.search(r"^FROM odoo:(\d+\.\d+)$", read("Dockerfile"), re.MULTILINE)[1]


def requirements(path: Path) -> list[Requirement]:
    lines = (line.split(" #")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    # Options and hashes of a lock begin with a dash; a hash ends the line before with a backslash.
    return [
        Requirement(line.rstrip("\\").strip()) for line in lines if line and line[0] not in "#-"
    ]


def locked_versions() -> dict[str, set[str]]:
    """What the locks install on the Python of the image; they may differ on another one."""
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        for requirement in requirements(lock):
            (pin,) = requirement.specifier
            assert pin.operator == "==", f"{lock.name}: {requirement} is not pinned"
            if requirement.marker is None or requirement.marker.evaluate(IMAGE_PYTHON):
                versions.setdefault(canonicalize_name(requirement.name), set()).add(pin.version)
    return versions


def test_there_is_something_to_compare():
    assert MANIFESTS
    assert len(locked_versions()) > 10


def test_odoo_is_the_same_everywhere():
    series = odoo_series()
    assert compose_image("odoo") == ("immoassist-odoo", series)
    assert compose_image("install") == ("immoassist-odoo", series)
    assert f"valid-odoo-versions = {series}" in read(".pylintrc")
    assert re.search(rf"\bOdoo {series.removesuffix('.0')}\b", read("README.md"))


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.parent.name)
def test_manifest_is_for_that_odoo(path):
    assert re.fullmatch(rf"{re.escape(odoo_series())}\.\d+\.\d+\.\d+", manifest(path)["version"])


def test_postgresql_is_the_documented_one():
    name, version = compose_image("db")
    assert name == "postgres"
    assert re.search(rf"\bPostgreSQL {version}\b", read("README.md"))


def test_what_is_deployed_is_what_is_tested():
    """The tests install requirements.txt too: what no lock pins, it has to pin itself."""
    versions = locked_versions()
    for requirement in requirements(REPO / "requirements.txt"):
        found = versions.get(canonicalize_name(requirement.name), set())
        assert all(version in requirement.specifier for version in found), (requirement, found)
        pinned = [part.operator for part in requirement.specifier] == ["=="]
        assert found or pinned, f"{requirement}: any version could be deployed"


def test_the_image_keeps_its_own_packages():
    pinned = {
        canonicalize_name(requirement.name)
        for requirement in requirements(REPO / "requirements.txt")
        if any(part.operator in {"==", "==="} for part in requirement.specifier)
    }
    assert pinned & IN_THE_IMAGE == set()


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.parent.name)
def test_what_a_manifest_asks_for_is_installed(path):
    known = {canonicalize_name(r.name) for r in requirements(REPO / "requirements.txt")}
    asked = manifest(path).get("external_dependencies", {}).get("python", [])
    assert {canonicalize_name(Requirement(name).name) for name in asked} <= known | IN_THE_IMAGE


def test_one_version_for_each_python():
    """Both locks go into one environment: they must not disagree about a package."""
    odoo, dev = ({(r.name, str(r.marker)): r for r in requirements(lock)} for lock in LOCKS)
    both = odoo.keys() & dev.keys()
    assert [name for name in both if odoo[name].specifier != dev[name].specifier] == []


def test_javascript_tools_are_pinned_and_the_lock_names_no_registry():
    package, lock = json.loads(read("package.json")), json.loads(read("package-lock.json"))
    assert package["devDependencies"] == lock["packages"][""]["devDependencies"]
    assert all(re.fullmatch(r"[\d.]+", v) for v in package["devDependencies"].values())
    assert [name for name, entry in lock["packages"].items() if "resolved" in entry] == []
    assert all("integrity" in entry for name, entry in lock["packages"].items() if name)
