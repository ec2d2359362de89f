from collections import defaultdict

from odoo import api, models


class ImmoassistKnownRecords(models.AbstractModel):
    """Refuses links to records that the user may not read.

    Odoo lets everybody write any number into a field, and computes with sudo: names, telephone
    numbers and addresses of others would come along.
    """

    _name = "immoassist.known.records"
    _description = "Links to known records alone"

    #: The many2one fields from which something is computed.
    _known_fields = ()

    @api.model_create_multi
    def create(self, vals_list):
        self._check_known([*vals_list, self._default_links()])
        return super().create(vals_list)

    def write(self, vals):
        self._check_known([vals])
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        """A form asks what follows from what was typed."""
        if not self.env.su:
            self.check_access("read")
            self._check_known([values, self._default_links()])
        return super().onchange(values, field_names, fields_spec)

    def _default_links(self):
        """What a new record links without being told: the context and own defaults say."""
        return {} if self or self.env.su else self.default_get(list(self._known_fields))

    def _check_known(self, vals_list):
        """:raise AccessError: what is linked may not be read, and was not linked before"""
        if self.env.su:
            return
        links = defaultdict(set)
        for vals in vals_list:
            self._gather_links(vals, links)
        for model, ids in links.items():
            self.env[model].browse(ids).check_access("read")

    def _gather_links(self, vals, links):
        """Add to `links` (model to ids) what `vals` link, in their lines too."""
        for name, value in vals.items():
            field = self._fields.get(name)
            if name in self._known_fields:
                # sudo: whoever may change a record may leave it as it is.
                if type(value) is int and value not in self.sudo()[name].ids:
                    links[field.comodel_name].add(value)
            elif field and field.type == "one2many" and isinstance(value, list | tuple):
                self._gather_lines(self.env[field.comodel_name], value, links)

    def _gather_lines(self, lines, commands, links):
        if not hasattr(lines, "_gather_links"):
            return
        for command in commands:
            if isinstance(command, list | tuple) and isinstance(command[-1], dict):
                known = command[1] if isinstance(command[1], int) else 0
                lines.browse(known or ())._gather_links(command[-1], links)
