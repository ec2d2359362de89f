from . import immoassist_propose_times
