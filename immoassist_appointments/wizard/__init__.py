from . import immoassist_appointment_cancel
from . import immoassist_explain_time
from . import immoassist_propose_times
