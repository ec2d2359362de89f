"""What is in Odoo's log during the faults, and why it may be: (pattern, reason)."""

ALWAYS = (
    (
        r"^ERROR odoo\.sql_db: bad query: .*could not serialize access due to concurrent update",
        "a lost race in the database; Odoo logs it and runs the request again",
    ),
    (
        r"^ERROR odoo\.http: Exception during request handling.*SerializationFailure",
        "a booking that lost five races in a row: answered with an error, and sent again",
    ),
    (
        r"^ERROR odoo\.addons\.immoassist_calendar_sync\.worker\.run: Connection \d+: "
        r"(BrokersTaken|SerializationFailure)",
        "a run of the sync that lost five races in a row, and begins again after its pause",
    ),
    (
        r"^ERROR odoo\.addons\.base\.models\.ir_cron: Job '(?!Appoint|Calendar s).*Serialization",
        "a job of Odoo's own that lost a race, and runs again",
    ),
)
NO_DATABASE = (
    (
        r"(OperationalError|InterfaceError|AdminShutdown|CrashShutdown|terminating|"
        r"connection already closed|server closed the connection|cursor already closed|"
        r"the database system is|could not connect|connection to server)",
        "the database went away in the middle of a query",
    ),
    (r"^WARNING odoo\.sql_db: Cursor not closed explicitly", "one of those connections"),
    (r"^WARNING odoo\.http: Database or registry unusable", "a page asked for without a database"),
)
NO_MAIL_SERVER = (
    (r"^ERROR odoo\.addons\.mail\.models\.mail_mail:", "a mail that the mail server did not take"),
    (
        r"^(ERROR|WARNING) odoo\.addons\.base\.models\.ir_mail_server:",
        "a mail that the mail server did not take",
    ),
)
KILLED = (
    (r"^(INFO|WARNING|ERROR|CRITICAL) odoo\.service\.server: ", "Odoo's master misses a process"),
    (r"^(ERROR|WARNING) odoo\.addons\.base\.models\.ir_cron: ", "a cron that was killed before"),
)
CLOCK = (
    (r"^ERROR odoo\.service\.server: .*timeout after", "a jump looks like a worker that hangs"),
)
NO_SPACE = ((r"No space left on device", "what could not be written, and was refused"),)
