"""Public holidays of countries and their parts, with the working days that make up for them, as China decrees."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from attrs import frozen

from itsmkit import CalendarError, DaysOff, hookimpl

if TYPE_CHECKING:
    from holidays import HolidayBase

KIND = "holidays"
CUSTOM = 5
"""A country that moved working days within so many years will do so again."""


@frozen
class Settings:
    """The language of the holidays' names, such as "en_US" or "zh_CN"; each country's own without it."""

    language: str = ""


class _Plugin:
    def __init__(self, settings: Settings) -> None:
        self._language = settings.language or None

    @hookimpl
    def itsmkit_days_off(self, source: str, years: tuple[int, ...]) -> DaysOff | None:
        """The days of "holidays:COUNTRY" or "holidays:COUNTRY-PART", by their codes in ISO 3166."""
        kind, _, place = source.partition(":")
        if kind != KIND:
            return None
        found = self._found(place, years)
        known = [year for year in years if found.start_year <= year <= found.end_year]
        wanted = frozenset(known)
        return DaysOff(
            known,
            off={day: str(name) for day, name in found.items() if day.year in wanted},
            working={day: "" for day in found.weekend_workdays if day.year in wanted},
            unpublished=_unpublished(found, known),
        )

    def _found(self, place: str, years: tuple[int, ...]) -> "HolidayBase":
        from holidays import country_holidays

        country, _, part = place.strip().partition("-")
        # A holiday of January may be kept in December before, and the other way round.
        around = range(min(years) - 1, max(years) + 2)
        try:
            # Left to itself the library takes the language of the machine, and two machines would differ.
            own = country_holidays(country.upper(), part or None).default_language
            return country_holidays(country.upper(), part or None, years=around, language=self._language or own)
        except RuntimeError as error:  # which is how the library says that it knows no such place
            raise CalendarError(f"{KIND}:{place}: {error}; give the codes of ISO 3166, as in CN or DE-BY") from error


def _unpublished(found: "HolidayBase", years: Iterable[int]) -> tuple[int, ...]:
    """The years behind the last one that working days were moved in, where that is a custom of the country."""
    last = max(_moving_years(found), default=0)
    return tuple(year for year in years if last < year <= last + CUSTOM)


def _moving_years(found: "HolidayBase") -> Iterator[int]:
    """The years with entries of the library's table that move a day: those are longer than a date and a name."""
    for year, entries in getattr(found, "special_public_holidays", {}).items():
        listed = entries if entries and isinstance(entries[0], tuple) else (entries,)
        if any(len(entry) > len(("month", "day", "name")) for entry in listed):
            yield year


def plugin(settings: Settings) -> object:
    """The plugin for those settings."""
    return _Plugin(settings)
