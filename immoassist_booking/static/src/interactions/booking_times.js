import { cookie } from "@web/core/browser/cookie";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

import { arrival, rove, target } from "./month_grid";

// After so long a wait is worth a word, and after so long an answer does not come any more.
const WORD_AFTER = 200;
const GIVE_UP_AFTER = 15000;
// How long what was asked for in advance is good, in ms.
const FRESH = 5000;
const YEAR = 365 * 24 * 60 * 60;

/**
 * Months and days change in place. The server has said everything in words already: this takes the
 * parts of its page (`data-part`) and puts them where the old ones are. The address always says
 * what is shown. When the network fails, links are links again.
 */
export class BookingTimes extends Interaction {
    static selector = ".o_immoassist_booking .ib-live";
    dynamicContent = {
        _root: {
            "t-on-click": this.onClick,
            "t-on-pointerdown": this.onPointerDown,
            "t-on-keydown": this.onKeyDown,
        },
        _window: { "t-on-popstate": this.onPopState },
    };

    setup() {
        this.status = this.el.querySelector(".ib-status");
        this.asked = 0;
        this.failed = false;
        this.ahead = {};
        this.shown = this.search(window.location);
    }

    start() {
        this.rove();
        this.followBrowserZone();
    }

    // -------------------------------------------------------------------------
    // What the visitor does
    // -------------------------------------------------------------------------

    onClick(ev) {
        const link = ev.target.closest("a, button");
        if (link?.matches(".ib-again")) {
            this.go(this.wanted);
        } else if (link?.matches(".ib-other-day")) {
            ev.preventDefault();
            this.focusDay(this.table?.querySelector("[aria-current], td > a"));
        } else if (this.isSwap(link) && isPlain(ev)) {
            ev.preventDefault();
            this.follow(link);
        }
    }

    /** A moment is won by asking when the button of the mouse goes down. */
    onPointerDown(ev) {
        const link = ev.target.closest("a");
        if (this.isSwap(link) && isPlain(ev)) {
            this.fetchParts(this.search(link));
        }
    }

    onKeyDown(ev) {
        const day = ev.target.closest(".ib-days td > a");
        if (!day || ev.ctrlKey || ev.metaKey || ev.altKey || ev.shiftKey) {
            return;
        }
        const to = target(day, ev.key);
        if (to instanceof HTMLElement) {
            ev.preventDefault();
            this.focusDay(to);
        } else if (to) {
            ev.preventDefault();
            this.turn(to);
        }
    }

    onPopState() {
        const search = this.search(window.location);
        // Jumps within the page come here too.
        if (search !== this.shown) {
            this.go({ search, keep: true, focus: () => this.focusLost() });
        }
    }

    // -------------------------------------------------------------------------
    // Going somewhere
    // -------------------------------------------------------------------------

    follow(link) {
        const search = this.search(link);
        if (link.dataset.hours) {
            cookie.set("booking_hours", link.dataset.hours, YEAR, "optional");
            const hours = `[data-hours="${link.dataset.hours}"]`;
            this.go({ search, focus: () => this.el.querySelector(hours)?.focus() });
        } else if (link.closest(".ib-days")) {
            this.go({ search, focus: () => this.focusTimes() });
        } else {
            const arrow = link.dataset.turn && `a[data-turn="${link.dataset.turn}"]`;
            this.go({ search, focus: () => this.focusMonth(arrow) });
        }
    }

    /** To another month with the keyboard. */
    turn({ turn, from }) {
        const arrow = this.el.querySelector(`a[data-turn="${turn}"]`);
        if (arrow) {
            const focus = () => this.focusDay(this.table && arrival(this.table, from));
            this.go({ search: this.search(arrow), focus, month: true });
        }
    }

    /** The times of a call are those of the visitor; of a visit, he is told how far he is. */
    followBrowserZone() {
        const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
        const query = new URLSearchParams(window.location.search);
        const { visitor, zone } = this.el.dataset;
        if (!timeZone || query.has("tz") || isSameClock(timeZone, visitor || zone)) {
            return;
        }
        query.set("tz", timeZone);
        this.go({ search: `?${query}`, keep: true, silent: true, focus: () => {} });
    }

    /**
     * @param {Object} wanted
     * @param {string} wanted.search what the address shall ask for
     * @param {Function} wanted.focus called when it is shown
     * @param {boolean} [wanted.keep] stay at this entry of the history
     * @param {boolean} [wanted.silent] nobody asked for it, so nobody hears of it
     */
    async go(wanted) {
        const turn = ++this.asked;
        this.wanted = wanted;
        const isLast = () => turn === this.asked;
        if (!wanted.silent) {
            this.el.classList.add("ib-roomy");
            this.waitForTimeout(() => isLast() && this.say("loading"), WORD_AFTER);
        }
        let parts = null;
        try {
            parts = await this.waitFor(this.fetchParts(wanted.search));
        } catch {
            // Said below.
        }
        // A later wish has overtaken this one.
        if (isLast()) {
            this.asked++;
            if (parts) {
                this.show(parts, wanted);
            } else if (!wanted.silent) {
                this.failed = true;
                this.say("failed");
            }
        }
    }

    /** The parts for an address; asked for once when it is wanted again at once. */
    fetchParts(search) {
        const now = Date.now();
        if (this.ahead.search !== search || now - this.ahead.since > FRESH) {
            this.ahead = { search, since: now, parts: fetchParts(search) };
            this.ahead.parts.catch(() => (this.ahead = {}));
        }
        return this.ahead.parts;
    }

    show(parts, { search, focus, keep, silent }) {
        this.ahead = {};
        for (const part of parts.querySelectorAll("[data-part]")) {
            const place = this.el.querySelector(`[data-part="${part.dataset.part}"]`);
            place?.replaceChildren(...part.childNodes);
        }
        Object.assign(this.el.dataset, { ...parts.dataset });
        this.failed = false;
        this.shown = search;
        if (keep) {
            window.history.replaceState(window.history.state, "", search);
        } else {
            window.history.pushState(null, "", search);
        }
        this.rove();
        this.say(silent ? "" : "shown");
        focus();
    }

    // -------------------------------------------------------------------------
    // Telling, and where the focus is
    // -------------------------------------------------------------------------

    /** @param {"loading"|"failed"|"shown"|""} what */
    say(what) {
        const { loading, failed, again } = this.status.dataset;
        const month = this.el.querySelector("#month_name").textContent;
        const note = this.el.querySelector(".ib-empty .ib-note")?.textContent || "";
        const words = { loading, failed, shown: `${month} ${note}`.trim() };
        this.status.textContent = words[what] || "";
        this.status.classList.toggle("ib-shown", what === "loading" || what === "failed");
        this.el.toggleAttribute("data-waits", what === "loading");
        if (what === "failed") {
            const button = document.createElement("button");
            button.type = "button";
            button.className = "ib-again";
            button.textContent = again;
            this.status.append(" ", button);
        }
    }

    get table() {
        return this.el.querySelector(".ib-days");
    }

    rove(day) {
        if (this.table) {
            rove(this.table, day);
        }
    }

    focusDay(day) {
        if (day) {
            this.rove(day);
            day.focus();
        } else {
            this.focusMonth();
        }
    }

    focusMonth(arrow) {
        const link = arrow && this.el.querySelector(arrow);
        (link || this.el.querySelector("#month_name")).focus({ preventScroll: true });
    }

    focusTimes() {
        this.el.querySelector("#day_name").focus({ preventScroll: true });
        this.el.querySelector("#times").scrollIntoView({ block: "start" });
    }

    /** What had the focus may have been replaced. */
    focusLost() {
        if (document.activeElement === document.body) {
            this.table?.querySelector("[aria-current]")?.focus({ preventScroll: true });
        }
    }

    /** Whether a link leads to another month or day of this page. */
    isSwap(link) {
        if (this.failed || !link?.getAttribute("href")?.startsWith("?")) {
            return false;
        }
        const query = new URLSearchParams(link.search);
        return !query.has("slot") && !query.has("show");
    }

    search(link) {
        return link.search || "?";
    }
}

/** Whether a press is one that opens a link in this tab. */
function isPlain(ev) {
    return !(ev.button || ev.ctrlKey || ev.metaKey || ev.shiftKey || ev.altKey);
}

/** Whether the clocks of two zones are alike all the year: one of them needs no word then. */
function isSameClock(zone, other) {
    const now = new Date();
    const style = { dateStyle: "short", timeStyle: "short" };
    try {
        return [...Array(12).keys()].every((month) => {
            const moment = new Date(now.getFullYear(), now.getMonth() + month, 15);
            const here = moment.toLocaleString("en", { timeZone: zone, ...style });
            return here === moment.toLocaleString("en", { timeZone: other, ...style });
        });
    } catch {
        // A zone that this browser does not know is not its own.
        return false;
    }
}

/** The parts of the page that has this query; fails when there are none. */
async function fetchParts(search) {
    const signal = AbortSignal.timeout(GIVE_UP_AFTER);
    const answer = await fetch(`${window.location.pathname}${search}&show=parts`, { signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const parts = answer.ok && page.querySelector(".ib-live");
    if (!parts) {
        throw new Error(`No times: ${answer.status}`);
    }
    return parts;
}

registry.category("public.interactions").add("immoassist_booking.times", BookingTimes);
