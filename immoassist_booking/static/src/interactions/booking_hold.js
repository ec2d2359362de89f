import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

// Whoever goes on typing asks for more time, this often at most. The server knows when to stop.
const EVERY = 120000;

/**
 * Holds the chosen time while the visitor fills in the form, and lets it go when he leaves.
 * Without it everything works too: then whoever sends the form first gets the time.
 */
export class BookingHold extends Interaction {
    static selector = ".o_immoassist_booking form[data-hold]";
    dynamicContent = {
        _root: {
            "t-on-input": this.onInput,
            "t-on-submit": () => (this.sending = true),
        },
        _window: {
            "t-on-pagehide": this.release,
            "t-on-pageshow": this.onPageShow,
        },
    };

    setup() {
        this.sending = false;
        this.asked = 0;
        // What this page lets go when it is left is not what the next one holds by then.
        this.page = Math.random().toString(36).slice(2);
        // The address of the form has the language of the page in it.
        this.url = new URL(this.el.action);
        this.url.hash = "";
        this.url.pathname += "/hold";
    }

    start() {
        this.hold();
    }

    onInput() {
        if (Date.now() - this.asked > EVERY) {
            this.hold();
        }
    }

    /**
     * Back to a page that the browser had kept: its time was let go.
     *
     * @param {PageTransitionEvent} ev
     */
    onPageShow(ev) {
        if (ev.persisted) {
            this.sending = false;
            this.hold();
        }
    }

    async hold() {
        this.asked = Date.now();
        let answer;
        try {
            const body = this.values("slot");
            answer = await this.waitFor(fetch(this.url, { method: "POST", body }));
        } catch {
            return; // no connection: the form says so itself when it is sent
        }
        if (answer.status === 409) {
            this.tellLost(await this.waitFor(answer.json()));
        }
    }

    release() {
        // A form that is on its way takes the time itself.
        if (!this.sending) {
            const values = this.values();
            values.set("release", "1");
            navigator.sendBeacon(this.url, values);
        }
    }

    /**
     * @param {...string} names of fields of the form to send along
     * @returns {FormData}
     */
    values(...names) {
        const values = new FormData();
        values.set("page", this.page);
        for (const name of ["csrf_token", ...names]) {
            values.set(name, this.el.elements[name].value);
        }
        return values;
    }

    /**
     * Somebody else holds it. He may leave again, so the form stays.
     *
     * @param {Object} lost what the server says, with free times
     */
    tellLost({ title, error, alternatives }) {
        const alert = document.createElement("div");
        alert.className = "ib-alert ib-held";
        alert.setAttribute("role", "alert");
        const heading = document.createElement("h2");
        heading.textContent = title;
        const text = document.createElement("p");
        text.textContent = error;
        const list = document.createElement("ul");
        for (const { url, label } of alternatives) {
            const link = document.createElement("a");
            link.href = url;
            link.textContent = label;
            const item = document.createElement("li");
            item.append(link);
            list.append(item);
        }
        alert.append(heading, text, list);
        this.lost?.remove();
        this.lost = alert;
        this.insert(alert, this.el, "beforebegin");
    }
}

registry.category("public.interactions").add("immoassist_booking.hold", BookingHold);
