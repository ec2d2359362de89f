from . import test_both_ways
from . import test_install
from . import test_sync_machine
from . import test_sync_counterexamples
from . import test_sync_workers
from . import test_sync_statements
