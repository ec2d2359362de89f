from . import crm_lead
from . import immoassist_appointment
