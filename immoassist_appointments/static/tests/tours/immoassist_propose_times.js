import { registry } from "@web/core/registry";

// The broker's half: from a transaction to the mail.
registry.category("web_tour.tours").add("immoassist_propose_times", {
    steps: () => [
        {
            content: "Propose times for the property",
            trigger: ".o_form_view button:contains(Propose times)",
            run: "click",
        },
        {
            content: "The best three are ticked, each says why",
            trigger: ".modal .o_data_row .o_progressbar",
        },
        {
            content: "Who is the client",
            trigger: ".modal .o_field_widget[name=client_name] input",
            run: "edit Ada Byron",
        },
        {
            content: "Where he is written to",
            trigger: ".modal .o_field_widget[name=client_email] input",
            run: "edit ada@client.example",
        },
        {
            content: "Hold and send",
            trigger: ".modal-footer button[name=action_send]",
            run: "click",
        },
        {
            content: "It says what happens",
            trigger: ".o_notification:contains(3 times are held)",
        },
        { content: "The dialog is closed", trigger: "body:not(:has(.modal))" },
    ],
});

// The client's half, without an account.
registry.category("web_tour.tours").add("immoassist_pick_time", {
    steps: () => [
        {
            content: "The time of the link is free; another one suits better",
            trigger: ".o_immoassist_pick:has(button) .o_pick_times a:first",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Confirm",
            trigger: ".o_immoassist_pick button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "It is confirmed", trigger: ".o_immoassist_pick h1:contains(It is confirmed)" },
    ],
});
