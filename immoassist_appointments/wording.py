"""Dates, hours and zones as people of a language write them (CLDR through Babel)."""

from babel import dates

from odoo.tools import babel_locale_parse

# CLDR counts Montréal as an alias of Toronto and names the wrong city to a whole province.
CITIES = {"America/Montreal": {"fr": "Montréal", "en": "Montréal"}}


def day_words(moment, lang):
    """The day of an aware datetime, in its own zone: “mercredi 25 novembre 2026”."""
    return dates.format_date(moment.date(), "full", locale=babel_locale_parse(lang))


def time_words(moment, lang):
    """The hour of an aware datetime, in its own zone: “14 h 30”, “11 h”, “14:30”, “2:30 PM”."""
    locale = babel_locale_parse(lang)
    words = dates.format_time(moment, "short", tzinfo=moment.tzinfo, locale=locale)
    # In Quebec full hours are written without minutes (OQLF, « 11 h »); CLDR has no such form.
    return words.removesuffix(" 00") if words.endswith(" h 00") else words


def zone_city(zone, lang):
    """The city by which people of `lang` know a `zoneinfo.ZoneInfo`: “Montréal”, “Londres”."""
    locale = babel_locale_parse(lang)
    named = CITIES.get(zone.key, {}).get(locale.language)
    return named or dates.get_timezone_location(zone, locale=locale, return_city=True)
