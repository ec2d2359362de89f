import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("immoassist_appointments_cancel", {
    steps: () => [
        {
            content: "The next appointment is in the agenda, with its phone and map",
            trigger: ".im_agenda .o_kanban_record:contains(Visite guidée) a[href^='tel:']",
        },
        {
            content: "Open it",
            trigger: ".im_agenda .o_kanban_record:contains(Visite guidée)",
            run: "click",
        },
        {
            content: "Make the guest a contact",
            trigger: ".o_field_widget[name=attendee_ids] button[name=action_make_contact]",
            run: "click",
        },
        {
            content: "The guest is one",
            trigger: ".o_field_widget[name=attendee_ids] td[name=partner_id]:contains(Zoé)",
        },
        {
            content: "Cancel",
            trigger: ".o_statusbar_buttons button[name=action_ask_cancel]",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Le bien est vendu",
        },
        {
            content: "Cancel the appointment",
            trigger: ".modal footer button[name=action_cancel]",
            run: "click",
        },
        {
            content: "The reason is on the appointment",
            trigger: "body:not(:has(.modal)) .o_field_widget[name=cancel_reason]",
        },
    ],
});

registry.category("web_tour.tours").add("immoassist_appointments_availability", {
    steps: () => [
        {
            content: "The calendar shows the hours, and has a button",
            trigger: ".o_calendar_view:has(.fc-non-business) .o-calendar-button-new",
        },
        {
            content: "My availability",
            trigger: "button[data-menu-xmlid='immoassist_appointments.menu_availability']",
            run: "click",
        },
        {
            content: "Weekly hours",
            trigger: "a[data-menu-xmlid='immoassist_appointments.menu_hours']",
            run: "click",
        },
        {
            content: "Change the Monday",
            trigger: ".o_list_view .o_data_row:first td[name=hour_from]",
            run: "click",
        },
        {
            content: "Start at ten",
            trigger: ".o_selected_row td[name=hour_from] input",
            run: "edit 10:00",
        },
        {
            content: "Save",
            trigger: ".o_list_button_save",
            run: "click",
        },
        {
            content: "It is saved; add a line",
            trigger: ".o_list_view:not(:has(.o_selected_row)) .o_data_row:contains(10:00)",
        },
        {
            content: "Add Saturday",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Open the list of days",
            trigger:
                ".o_selected_row td[name=dayofweek] input, .o_selected_row td[name=dayofweek] select",
            run: "click",
        },
        {
            content: "Saturday",
            trigger: ".o_select_menu_item:contains(Saturday)",
            run: "click",
        },
        {
            content: "Save the line",
            trigger: ".o_list_button_save",
            run: "click",
        },
        {
            content: "See what no longer fits",
            trigger:
                ".o_list_view:not(:has(.o_selected_row)):has(.o_data_row:contains(Saturday)) .o_control_panel button:contains(outside)",
            run: "click",
        },
        {
            content: "The appointment that is now outside",
            trigger: ".o_list_view .o_data_row:contains(Trop tôt)",
        },
    ],
});
