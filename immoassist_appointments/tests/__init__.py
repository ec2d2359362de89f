from . import test_proposal
from . import test_proposal_concurrency
from . import test_proposal_pages
from . import test_proposal_tour
from . import test_propose_times
