"""What a source outside the site says about days off: a country's law, a company's calendar."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from attrs import field, frozen


def _by_date(days: Any) -> Any:
    """In order; what a plugin gave that is no such thing stays, for its check to find."""
    return MappingProxyType({day: days[day] for day in sorted(days)}) if isinstance(days, Mapping) else days


def _in_order(years: Any) -> Any:
    return tuple(sorted(set(years))) if isinstance(years, list | tuple | set | frozenset | range) else years


@frozen
class DaysOff:
    """The days off of some years, and the days that are worked in their place, by date with their names.

    `years` are those it speaks of: where the source knows nothing of a year, leave the year out. Of `unpublished`
    years more is to come, such as make-up days that aren't announced yet. `notes` tell a person what in the source
    was passed over.
    """

    years: tuple[int, ...] = field(converter=_in_order)
    off: Mapping[date, str] = field(factory=dict, converter=_by_date, hash=False)
    working: Mapping[date, str] = field(factory=dict, converter=_by_date, hash=False)
    unpublished: tuple[int, ...] = field(default=(), converter=_in_order)
    notes: tuple[str, ...] = ()
