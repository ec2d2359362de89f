from . import immoassist_appointment_cancel
