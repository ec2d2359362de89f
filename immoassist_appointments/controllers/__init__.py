from . import answers
from . import approvals
