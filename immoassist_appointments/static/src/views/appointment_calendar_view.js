import { browser } from "@web/core/browser/browser";
import { serializeDateTime, deserializeDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { CalendarCommonRenderer } from "@web/views/calendar/calendar_common/calendar_common_renderer";
import { CalendarController } from "@web/views/calendar/calendar_controller";
import { CalendarModel } from "@web/views/calendar/calendar_model";
import { CalendarRenderer } from "@web/views/calendar/calendar_renderer";
import { calendarView } from "@web/views/calendar/calendar_view";

const MIDNIGHT = "24:00:00";

export class AppointmentCalendarModel extends CalendarModel {
    /** Seven columns cannot be read on a phone: there it begins with the day, until one chooses. */
    getLocalStorageScale() {
        const chosen = browser.localStorage.getItem(this.storageKey);
        return this.env.isSmall && !chosen ? "day" : super.getLocalStorageScale();
    }

    /** The user's own working hours come with the appointments, in one more request. */
    async updateData(data) {
        await super.updateData(data);
        const { start, end } = data.range;
        const hours = await this.orm.call(this.meta.resModel, "get_working_hours", [
            serializeDateTime(start),
            serializeDateTime(end),
        ]);
        data.workingHours = hours.map((window) => window.map(deserializeDateTime));
    }

    /** What the server refused goes back to where it was; the pointer left it where it fell. */
    async updateRecord(record, options) {
        try {
            await super.updateRecord(record, options);
        } catch (error) {
            await this.load().catch(() => this.notify());
            throw error;
        }
    }

    get workingHours() {
        return this.data.workingHours || [];
    }

    /** A request is hatched and a cancelled appointment struck through, as in Odoo's Calendar. */
    normalizeRecord(rawRecord) {
        return {
            ...super.normalizeRecord(rawRecord),
            isHatched: rawRecord.state === "pending",
            isStriked: rawRecord.state === "cancelled",
        };
    }
}

/** What FullCalendar calls business hours, each on its own date. */
export function businessHours(windows) {
    const hours = [];
    for (const [start, end] of windows) {
        // A shift over midnight is one line for each day.
        for (let day = start.startOf("day"); day < end; day = day.plus({ days: 1 })) {
            const next = day.plus({ days: 1 });
            hours.push({
                daysOfWeek: [day.weekday % 7],
                startTime: start > day ? start.toFormat("HH:mm:ss") : "00:00:00",
                endTime: end < next ? end.toFormat("HH:mm:ss") : MIDNIGHT,
                startRecur: day.toISODate(),
                endRecur: next.toISODate(),
            });
        }
    }
    return hours;
}

export class AppointmentCalendarCommonRenderer extends CalendarCommonRenderer {
    get options() {
        const { model } = this.props;
        const hours = model.scale === "month" ? [] : businessHours(model.workingHours);
        // Nobody works here at all: grey would say nothing.
        return { ...super.options, ...(hours.length ? { businessHours: hours } : {}) };
    }
}

export class AppointmentCalendarRenderer extends CalendarRenderer {
    static components = {
        ...CalendarRenderer.components,
        day: AppointmentCalendarCommonRenderer,
        week: AppointmentCalendarCommonRenderer,
        month: AppointmentCalendarCommonRenderer,
    };
}

export class AppointmentCalendarController extends CalendarController {
    static template = "immoassist_appointments.AppointmentCalendarController";

    setup() {
        super.setup();
        this.actionService = useService("action");
    }

    onClickNew() {
        this.actionService.doAction(
            {
                type: "ir.actions.act_window",
                res_model: this.props.resModel,
                views: [[false, "form"]],
            },
            { additionalContext: this.props.context },
        );
    }
}

registry.category("views").add("immoassist_appointment_calendar", {
    ...calendarView,
    Controller: AppointmentCalendarController,
    Model: AppointmentCalendarModel,
    Renderer: AppointmentCalendarRenderer,
});
