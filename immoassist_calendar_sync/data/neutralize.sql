-- A copy of production must not touch anybody's real calendar: no key to it is left here.
UPDATE immoassist_calendar_connection
   SET access_token = NULL,
       refresh_token = NULL,
       pending_grant = NULL,
       leaving = NULL,
       preview_wanted = FALSE,
       pause_reason = CASE WHEN state = 'draft' THEN NULL ELSE 'database' END,
       state = CASE WHEN state = 'draft' THEN 'draft' ELSE 'paused' END;
DELETE FROM immoassist_calendar_oauth_flow;
DELETE FROM immoassist_calendar_channel;
DELETE FROM ir_config_parameter
 WHERE key IN ('immoassist_calendar_sync.google_client_secret',
               'immoassist_calendar_sync.microsoft_client_secret');
UPDATE ir_cron
   SET active = FALSE
  FROM ir_act_server action, ir_model model
 WHERE action.id = ir_cron.ir_actions_server_id
   AND model.id = action.model_id
   AND model.model = 'immoassist.calendar.connection';
