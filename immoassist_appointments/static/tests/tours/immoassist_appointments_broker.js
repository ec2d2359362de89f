import { registry } from "@web/core/registry";

const { DateTime } = luxon;

// Noon of today is in every week and month that a calendar opens on.
const noon = () => DateTime.now().set({ hour: 12, minute: 0, second: 0, millisecond: 0 });

registry.category("web_tour.tours").add("immoassist_appointments_broker", {
    steps: () => [
        {
            content: "The calendar of the broker is open",
            trigger: ".o_calendar_view .o_calendar_widget",
        },
        {
            content: "Show the list, which has the button",
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        {
            content: "Plan an appointment",
            trigger: ".o_list_view .o_list_button_add",
            run: "click",
        },
        {
            content: "Say what it is",
            trigger: ".o_form_view .o_field_widget[name=name] input",
            run: "edit Visite du duplex",
        },
        {
            content: "Open the date picker",
            trigger: ".o_field_widget[name=start] button, .o_field_widget[name=start] input",
            run: "click",
        },
        {
            content: "Say when it starts",
            trigger: ".o_field_widget[name=start] input",
            run: (helpers) => helpers.edit(noon().toFormat("MM/dd/yyyy HH:mm:ss")),
        },
        {
            content: "Leave the date picker",
            trigger: ".o_form_view .o_field_widget[name=location] input",
            run: "click",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Back to the list, when it is saved",
            trigger: ".o_form_view:has(.o_form_saved) .o_back_button, .o_back_button",
            run: "click",
        },
        {
            content: "It is in the list",
            trigger: ".o_list_view .o_data_row:contains(Visite du duplex)",
        },
        {
            content: "Back to the calendar",
            trigger: ".o_switch_view.o_calendar",
            run: "click",
        },
        {
            content: "It is there",
            trigger: ".o_calendar_view .fc-event:contains(Visite du duplex)",
        },
    ],
});
