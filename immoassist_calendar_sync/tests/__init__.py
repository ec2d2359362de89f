from . import test_install
from . import test_both_ways
from . import test_channels
from . import test_webhooks
from . import test_alerts
from . import test_secrets
