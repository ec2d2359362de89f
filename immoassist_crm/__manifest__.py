{
    "name": "ImmoAssist CRM",
    "version": "19.0.1.0.0",
    "category": "Sales/Real Estate",
    "summary": "The appointments of an opportunity",
    "author": "ImmoAssist",
    "license": "LGPL-3",
    "depends": ["crm", "immoassist_appointments"],
    "data": ["views/crm_lead_views.xml", "views/immoassist_appointment_views.xml"],
    "auto_install": True,
}
