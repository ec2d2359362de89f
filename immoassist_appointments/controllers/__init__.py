from . import proposal
