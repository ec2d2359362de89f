import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/** Tells that somebody looks at a page: robots that run no script are not counted. */
export class BookingSeen extends Interaction {
    static selector = ".o_immoassist_booking[data-seen]";

    start() {
        const { seen, kind, type } = this.el.dataset;
        const from = document.referrer && new URL(document.referrer);
        const { origin, pathname } = window.location;
        // Who turns the months of a page still looks at the same page.
        const again = from && from.origin === origin && from.pathname === pathname;
        if (kind === "start" || !again) {
            navigator.sendBeacon(seen, new URLSearchParams({ kind, type: type || "" }));
        }
    }
}

registry.category("public.interactions").add("immoassist_booking.seen", BookingSeen);
