"""What Odoo itself does not take back when an addon is uninstalled."""


def forget_parameters(env, addon):
    """Delete the system parameters of an addon; they are no data of it, but what people set."""
    env["ir.config_parameter"].search([("key", "=like", f"{addon}.%")]).unlink()


def uninstall_hook(env):
    # Favourite searches of models that are about to go: none of them could be opened any more.
    env["ir.filters"].search([("model_id", "=like", "immoassist.%")]).unlink()
    forget_parameters(env, "immoassist_appointments")
