import { registry } from "@web/core/registry";

// Every step that loads a page says so: the tour goes on in the next one.
registry.category("web_tour.tours").add("immoassist_booking", {
    steps: () => [
        {
            content: "Choose the broker",
            trigger: ".ib-choice:contains(Marie Tremblay)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Choose the visit",
            trigger: ".ib-choice:contains(Property visit)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The best times say why; the next month is shown in place",
            // One stop of the Tab key says that the script of the page has started.
            trigger:
                ".ib-booker:has(.ib-suggestions a):has(.ib-days a[tabindex='0']) [data-turn=next]",
            run: "click",
        },
        {
            content: "Another day is opened",
            trigger: ".ib-when:has([data-turn=previous]) .ib-days a[tabindex='-1']:first",
            run: "click",
        },
        {
            content: "Choose the first time of that day",
            trigger: ".ib-booker:has(#day_name:focus) .ib-list a:first",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "Name", trigger: "#name", run: "edit Claire Dubois" },
        { content: "E-mail", trigger: "#email", run: "edit tour@example.com" },
        {
            content: "Book",
            trigger: ".ib-form .ib-button",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "It is confirmed", trigger: ".ib-done h1:contains(It is confirmed)" },
    ],
});
