from . import immoassist_appointment_cancel
from . import immoassist_propose_times
