import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** The list of time zones gets shorter while a city is typed; the button is there without this. */
export class BookingZones extends Interaction {
    static selector = ".o_immoassist_booking .ib-zones";
    dynamicContent = {
        "#q": { "t-on-input": this.filter },
    };

    setup() {
        this.zones = [...this.el.querySelectorAll("li")].map((el) => {
            const link = el.querySelector("a");
            return { el, text: ` ${folded(`${link.textContent} ${link.dataset.zone}`)}` };
        });
    }

    /** Typing may have begun before this script. */
    start() {
        this.filter();
    }

    filter() {
        const words = folded(this.el.querySelector("#q").value).split(" ");
        let found = 0;
        for (const { el, text } of this.zones) {
            el.hidden = !words.every((word) => text.includes(` ${word}`));
            found += !el.hidden;
        }
        this.el.querySelector(".ib-none").hidden = found > 0;
    }
}

/** As `core.zones.folded`. */
function folded(text) {
    const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    return plain.replace(/[^a-z0-9+]+/g, " ").trim();
}

registry.category("public.interactions").add("immoassist_booking.zones", BookingZones);
