from . import answers
from . import approvals
from . import feed
from . import proposal
