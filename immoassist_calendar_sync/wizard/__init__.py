from . import immoassist_calendar_disconnect
from . import immoassist_calendar_check
