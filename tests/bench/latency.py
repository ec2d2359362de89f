"""From a change at Google or Outlook to Odoo, with pushes."""

import json
import subprocess
import tempfile
from pathlib import Path

from tests.e2e.webhook_load import Load
from tools.devkit import config, venvs
from tools.devkit.bench import Lab, Table, Telling


def figures(lab: Lab):
    """One table: a row for each provider and pace."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "answer.json"
        command = [str(venvs.dev_python()), "-m", "tests.bench._latency", str(target)]
        env = {**venvs.environment_without_venv(), "PYTHONPATH": str(config.REPO)}
        subprocess.run(command, cwd=config.REPO, env=env, check=True)
        found = json.loads(target.read_text())
    rows = []
    for who, seconds in found.items():
        load = Load(seconds, set())
        rows.append((who, len(seconds), *(load.percentile(share) for share in (0.5, 0.95, 1))))
    yield Table(
        "From the change at the provider to Odoo, with pushes",
        ("changes at", "changes", "median s", "95 % s", "longest s"),
        rows,
        "A server of two workers and two cron workers, demo data, one broker connected to both "
        "simulated providers. The clock runs from before the change is entered until another "
        "process reads it in Odoo's database. Alone: new events and renamed ones, each when the "
        "one before has arrived; steady: two new events a second at each provider. The simulator "
        "pushes at once; how long the real providers take comes on top.",
    )
    for who, _changes, median, *_rest in rows[:2]:
        yield Telling(f"from a change at {who}, to Odoo, median seconds", "–", median)
