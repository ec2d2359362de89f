import { registry } from "@web/core/registry";

const { DateTime } = luxon;

// The test reads the same days: Monday and Saturday of the week after next.
const day = (number) =>
    DateTime.now()
        .setZone("America/Toronto")
        .startOf("week")
        .plus({ days: 14 + number });

/** Adds a line to the list of openings and closures: hours as one types them. */
const add = (date, kind, from, to) => [
    {
        content: `Add a line: ${kind}`,
        trigger: ".o_list_view:not(:has(.o_selected_row)) .o_list_button_add",
        run: "click",
    },
    {
        content: "The date is asked for",
        trigger: ".o_selected_row td[name=date]",
        run: "click",
    },
    {
        content: "Open the date",
        trigger: ".o_selected_row td[name=date] button, .o_selected_row td[name=date] input",
        run: "click",
    },
    {
        content: "Which date",
        trigger: ".o_selected_row td[name=date] input",
        run: (helpers) => helpers.edit(date().toFormat("MM/dd/yyyy")),
    },
    {
        content: "Open the list of kinds",
        trigger: ".o_selected_row td[name=kind] input, .o_selected_row td[name=kind] select",
        run: "click",
    },
    {
        content: kind,
        trigger: `.o_select_menu_item:contains(${kind})`,
        run: "click",
    },
    {
        content: "From",
        trigger: ".o_selected_row td[name=hour_from] input",
        run: `edit ${from}`,
    },
    {
        content: "To",
        trigger: ".o_selected_row td[name=hour_to] input",
        run: `edit ${to}`,
    },
    {
        content: "Save the line",
        trigger: ".o_list_button_save",
        run: "click",
    },
    {
        content: "It is saved",
        trigger: `.o_list_view:not(:has(.o_selected_row)) .o_data_row:contains(${from})`,
    },
];

registry.category("web_tour.tours").add("immoassist_appointments_overrides", {
    steps: () => [
        {
            content: "My availability",
            trigger: "button[data-menu-xmlid='immoassist_appointments.menu_availability']",
            run: "click",
        },
        {
            content: "Openings and closures",
            trigger: "a[data-menu-xmlid='immoassist_appointments.menu_overrides']",
            run: "click",
        },
        {
            content: "There is none yet",
            trigger: ".o_list_view .o_nocontent_help:contains(No exception)",
        },
        ...add(() => day(0), "Closed", "10:00", "11:00"),
        ...add(() => day(5), "Open", "14:00", "16:00"),
    ],
});
