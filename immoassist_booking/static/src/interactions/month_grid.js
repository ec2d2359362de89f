/** Where the arrow keys lead among the days of a month that can be chosen. Plain DOM, no state. */

/**
 * @param {HTMLElement} el the month, or a week of it
 * @returns {HTMLAnchorElement[]} the days that can be chosen, in order
 */
export function daysOf(el) {
    return [...el.querySelectorAll("td > a")];
}

/**
 * One stop of the Tab key for the whole month: the day that is open, else the first.
 * @param {HTMLTableElement} table
 */
export function rove(table, current) {
    const days = daysOf(table);
    const chosen = current || days.find((day) => day.ariaCurrent === "date") || days[0];
    for (const day of days) {
        day.tabIndex = day === chosen ? 0 : -1;
    }
}

const BEFORE = { turn: "previous", from: "last" };
const AFTER = { turn: "next", from: "first" };

const MOVES = {
    ArrowLeft: ({ days, at }) => days[at - 1] || BEFORE,
    ArrowRight: ({ days, at }) => days[at + 1] || AFTER,
    ArrowUp: ({ days, at, day }) => below(days.slice(0, at).reverse(), day) || BEFORE,
    ArrowDown: ({ days, at, day }) => below(days.slice(at + 1), day) || AFTER,
    Home: ({ week }) => week[0],
    End: ({ week }) => week.at(-1),
    PageUp: ({ day }) => ({ turn: "previous", from: day.textContent }),
    PageDown: ({ day }) => ({ turn: "next", from: day.textContent }),
};

/**
 * @param {HTMLAnchorElement} day which has the focus
 * @param {string} key name of the key
 * @returns {HTMLAnchorElement|{turn: string, from: string}|undefined} the day to go to, or the
 *     month to turn to ("previous", "next") and where to arrive in it; nothing for other keys
 */
export function target(day, key) {
    const days = daysOf(day.closest("table"));
    const week = daysOf(day.closest("tr"));
    return MOVES[key]?.({ day, days, week, at: days.indexOf(day) });
}

/** The nearest of `days` under the same weekday as `day`. */
function below(days, day) {
    const column = day.parentElement.cellIndex;
    return days.find((other) => other.parentElement.cellIndex === column);
}

/**
 * @param {HTMLTableElement} table of the month that was turned to
 * @param {string} from "first", "last", or the number of a day
 * @returns {HTMLAnchorElement|undefined} where to arrive
 */
export function arrival(table, from) {
    const days = daysOf(table);
    if (from === "first" || from === "last") {
        return days.at(from === "first" ? 0 : -1);
    }
    const number = parseInt(from);
    return days.find((day) => parseInt(day.textContent) >= number) || days.at(-1);
}
