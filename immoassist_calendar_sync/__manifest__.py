{
    "name": "ImmoAssist Calendar Sync",
    "version": "19.0.1.0.0",
    "category": "Sales/Real Estate",
    "summary": "A broker's appointments and their Google and Outlook calendars, kept the same",
    "author": "ImmoAssist",
    "license": "LGPL-3",
    "depends": ["immoassist_appointments"],
    "external_dependencies": {
        "python": ["cryptography", "google-api-python-client", "google-auth-oauthlib", "msal"],
    },
    "data": [
        "security/ir.model.access.csv",
        "security/immoassist_calendar_sync_rules.xml",
        "data/ir_cron_data.xml",
        "views/immoassist_calendar_link_views.xml",
        "views/immoassist_calendar_connection_views.xml",
        "views/page_templates.xml",
        "views/res_config_settings_views.xml",
        "wizard/immoassist_calendar_disconnect_views.xml",
        "data/mail_activity_type_data.xml",
        "data/mail_template_data.xml",
        "views/immoassist_calendar_sync_run_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "immoassist_calendar_sync/static/src/systray/*",
            "immoassist_calendar_sync/static/src/views/*",
            "immoassist_calendar_sync/static/src/scss/backoffice.scss",
        ],
    },
}
