from . import test_install
from . import test_both_ways
from . import test_connect
from . import test_oauth
from . import test_security
from . import test_settings
