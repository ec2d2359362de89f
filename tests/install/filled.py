"""What an agency has after a while, one thing of each kind: run in Odoo's shell."""

FILL = """
from datetime import timedelta
from odoo import Command, fields
from odoo.tests import new_test_user

quiet = {"no_reset_password": True}
manager = "immoassist_appointments.group_manager"
person = {"name": "Anna", "tz": "Europe/Paris"}
broker = new_test_user(env, "installed_broker", manager, context=quiet, **person)
partner = env["res.partner"].create({"name": "Zoé", "email": "zoe@x.example"})
transaction = env["immoassist.transaction"].create({
    "name": "Duplex", "broker_id": broker.id,
    "contact_ids": [Command.create({"partner_id": partner.id, "role": "buyer"})],
})
start = fields.Datetime.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=9)
type_ = env["immoassist.appointment.type"].search([], limit=1)
for hours in (0, 3):
    appointment = env["immoassist.appointment"].with_user(broker).create({
        "name": "Visit", "start": start + timedelta(hours=hours), "duration": 1.0,
        "broker_id": broker.id, "type_id": type_.id, "transaction_id": transaction.id,
        "attendee_ids": [Command.create({"partner_id": partner.id})],
    })
appointment.message_post(body="Said")
appointment.activity_schedule("mail.mail_activity_data_todo", user_id=broker.id)
appointment.action_cancel()
env["ir.attachment"].create({
    "name": "plan.txt", "raw": b"plan", "res_model": appointment._name, "res_id": appointment.id,
})
env["ir.filters"].create({"name": "Mine", "model_id": appointment._name, "user_ids": broker.ids})
if "immoassist.calendar.connection" in env:
    env["immoassist.calendar.connection"].create({"user_id": broker.id, "provider": "google"})
    env["ir.config_parameter"].set_param("immoassist_calendar_sync.google_client_id", "x")
env["ir.config_parameter"].set_param("immoassist_appointments.guest_retention_months", 12)
if "immoassist.booking.link" in env:
    broker.write({"booking_username": "installed", "booking_published": True})
    env["immoassist.booking.link"].with_user(broker).create({"transaction_id": transaction.id})
env.cr.commit()
"""
