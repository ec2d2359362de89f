{
    "name": "ImmoAssist Calendar Sync with Job Queue",
    "version": "19.0.1.0.0",
    "category": "Sales/Real Estate",
    "summary": "The calendar sync as jobs of OCA's job queue",
    "author": "ImmoAssist",
    "license": "LGPL-3",
    "depends": ["immoassist_calendar_sync", "queue_job"],
    "auto_install": True,
    "data": ["data/queue_job_data.xml"],
    "uninstall_hook": "uninstall_hook",
}
