from . import immoassist_calendar_connection
