from . import test_ics
from . import test_invitations
from . import test_client_pages
from . import test_feed
from . import test_booked_online
