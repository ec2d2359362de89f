import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { session } from "@web/session";

/** Tells a broker, wherever he is, that a calendar of his waits for him. */
export class CalendarAlert extends Component {
    static template = "immoassist_calendar_sync.CalendarAlert";
    static props = {};

    setup() {
        this.action = useService("action");
        this.names = session.immoassist_calendars_unwell.join(", ");
    }

    open() {
        this.action.doAction("immoassist_calendar_sync.immoassist_calendar_connection_action", {
            clearBreadcrumbs: true,
        });
    }
}

if (session.immoassist_calendars_unwell?.length) {
    registry
        .category("systray")
        .add(
            "immoassist_calendar_sync.CalendarAlert",
            { Component: CalendarAlert },
            { sequence: 60 },
        );
}
