"""Development tools of ImmoAssist Appointments; nothing here is needed in production."""
