import logging

from werkzeug.exceptions import UnprocessableEntity

from odoo import http

from odoo.addons.rpc.controllers.json2 import WebJson2Controller

_logger = logging.getLogger(__name__)


class Json2(WebJson2Controller):
    @http.route()
    def web_json_2_rpc(self, __model__, __method__, **arguments):
        """Odoo answers 500 to a field or a value that does not exist; for our models it is 422.

        With 500 a program would try again what can never work.
        """
        try:
            return super().web_json_2_rpc(__model__, __method__, **arguments)
        except ValueError as error:
            if not __model__.startswith("immoassist."):
                raise
            _logger.info("Refused: %s.%s", __model__, __method__, exc_info=True)
            raise UnprocessableEntity(str(error)) from error
