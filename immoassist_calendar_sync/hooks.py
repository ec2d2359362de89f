from odoo.addons.immoassist_appointments.hooks import forget_parameters


def uninstall_hook(env):
    """Forget the settings, the encrypted secrets among them."""
    forget_parameters(env, "immoassist_calendar_sync")
