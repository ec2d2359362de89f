from . import answers
from . import approvals
from . import feed
from . import json2
from . import proposal
