import os

import freezegun
from freezegun import freeze_time
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from odoo.tests import TransactionCase, tagged

from odoo.addons.immoassist_appointments.tests.common import NOW

from .common import SyncMixin
from .machine import Sides

# Hypothesis measures its own patience by the real clock.
freezegun.configure(extend_ignore_list=["hypothesis"])

SEQUENCES = int(os.environ.get("IMMOASSIST_SYNC_SEQUENCES", "200"))
"""`make test-nightly` asks for more, and for others each night."""
NIGHTLY = SEQUENCES > 200
STEPS = 10


@tagged("post_install", "-at_install")
class TestSyncMachine(SyncMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(NOW):
            cls.set_up_sync()

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()

    def test_whatever_happens_once_it_is_quiet_all_sides_agree(self):
        with freeze_time("2027-02-20 12:00:00") as clock:
            run_state_machine_as_test(
                lambda: Sides(self, clock, "2027-02-20 12:00:00"),
                settings=settings(
                    max_examples=SEQUENCES,
                    stateful_step_count=STEPS,
                    deadline=None,
                    database=None,
                    derandomize=not NIGHTLY,
                    print_blob=True,
                    suppress_health_check=list(HealthCheck),
                    phases=[Phase.generate, Phase.shrink],
                ),
            )
