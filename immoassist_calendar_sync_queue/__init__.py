from . import models


def uninstall_hook(env):
    """Leave no job whose method is gone; the cron syncs by itself again."""
    env["immoassist.calendar.connection"]._queued_jobs().unlink()
