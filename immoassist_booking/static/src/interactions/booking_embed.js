import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/**
 * A booking page in a frame of another site: tells its height, so that the frame needs no
 * scrollbar, and opens a chosen time in the whole window, also from links that scripts made.
 */
export class BookingEmbed extends Interaction {
    static selector = ".ib-embed";

    start() {
        this.addListener(this.el, "click", this.leaveFrame, { capture: true });
        // Not the page around it, which is as high as the frame.
        const frame = this.el.querySelector(".ib-frame");
        const observer = new ResizeObserver(() => this.tellHeight(frame));
        observer.observe(frame);
        this.registerCleanup(() => observer.disconnect());
    }

    leaveFrame(event) {
        const link = event.target.closest("a[href]");
        if (link && new URL(link.href).searchParams.get("slot")) {
            link.target = "_top";
            // No script shows the form in the frame: it could not be sent from there.
            event.stopPropagation();
        }
    }

    tellHeight(frame) {
        const height = Math.ceil(frame.getBoundingClientRect().height);
        // To whoever frames us: browsers let only the listed sites do so, and it is no secret.
        window.parent.postMessage({ type: "immoassist-booking", height }, "*");
    }
}

registry.category("public.interactions").add("immoassist_booking.embed", BookingEmbed);
