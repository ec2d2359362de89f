from . import test_ics
from . import test_invitations
