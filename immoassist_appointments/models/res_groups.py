from odoo import api, models


class ResGroups(models.Model):
    _inherit = "res.groups"

    @api.model_create_multi
    def create(self, vals_list):
        groups = super().create(vals_list)
        groups._prepare_new_brokers()
        return groups

    def write(self, vals):
        done = super().write(vals)
        if not {"user_ids", "implied_ids"}.isdisjoint(vals):
            self._prepare_new_brokers()
        return done

    def _prepare_new_brokers(self):
        broker = self.env.ref("immoassist_appointments.group_broker", raise_if_not_found=False)
        if broker:
            making = self.filtered(lambda group: broker in group.all_implied_ids)
            making.all_user_ids._prepare_broker()
