import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

const DRAFT = "immoassist_booking.draft";

/**
 * The form is sent once, and what is typed is not lost when another time is chosen: it is kept in
 * this tab, until it is booked or the tab is closed.
 */
export class BookingForm extends Interaction {
    static selector = ".o_immoassist_booking .ib-form";
    dynamicContent = {
        _root: {
            "t-on-submit": this.onSubmit,
            "t-on-input": this.keep,
            "t-on-invalid.capture": this.onInvalid,
        },
        _window: { "t-on-pageshow": this.onPageShow },
    };

    setup() {
        this.button = this.el.querySelector("button[data-sending]");
        this.label = this.button?.textContent;
        // Fields and messages that concern the visitor; none that is hidden from him, no code.
        const fields = ".ib-field:not(.ib-code) input, .ib-field textarea";
        this.fields = [...this.el.querySelectorAll(fields)];
    }

    start() {
        this.free();
        const draft = JSON.parse(browser.sessionStorage.getItem(DRAFT) || "{}");
        for (const field of this.fields) {
            field.value ||= draft[field.name] || "";
        }
        // Typing may have begun before this script.
        this.keep();
    }

    keep() {
        const draft = Object.fromEntries(this.fields.map(({ name, value }) => [name, value]));
        browser.sessionStorage.setItem(DRAFT, JSON.stringify(draft));
    }

    onSubmit(ev) {
        if (this.button?.disabled) {
            ev.preventDefault();
        } else if (this.button) {
            this.button.disabled = true;
            this.button.textContent = this.button.dataset.sending;
        }
    }

    /**
     * Odoo's Turnstile keeps the form from being sent with a required field that nobody sees, until
     * Cloudflare has answered: the browser then says nothing, so the page does.
     *
     * @param {Event} ev
     */
    onInvalid(ev) {
        if (ev.target.matches(".turnstile_captcha_valid")) {
            this.el.querySelector(".ib-captcha")?.removeAttribute("hidden");
        }
    }

    /** Back on this page as it was left. */
    onPageShow(ev) {
        if (ev.persisted) {
            this.free();
        }
    }

    /** Some browsers remember that it was pressed. */
    free() {
        if (this.button) {
            this.button.disabled = false;
            this.button.textContent = this.label;
        }
    }
}

/** What was typed has arrived. */
export class BookingDone extends Interaction {
    static selector = ".o_immoassist_booking .ib-done";

    start() {
        browser.sessionStorage.removeItem(DRAFT);
    }
}

registry
    .category("public.interactions")
    .add("immoassist_booking.form", BookingForm)
    .add("immoassist_booking.done", BookingDone);
