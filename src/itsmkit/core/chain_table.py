"""Chains as a site writes them in escalation.toml: lists of steps under a name, read strictly."""

import re
from collections.abc import Mapping
from typing import Any

import attrs

from itsmkit.core.calendar_table import weekdays
from itsmkit.core.errors import CalendarError, SettingsError
from itsmkit.core.model.escalation import DAY, Level
from itsmkit.core.typed import misfit

AT = 'write it as "75%", "start + 30m", "due - 1h" or "due + 2h wall"'
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": DAY}
_LENGTH = re.compile(r"(?:\d+[smhd])+")
_OFFSET = re.compile(r"(start|due)(?:([+-])((?:\d+[smhd])+))?(wall)?")
_SHARE = re.compile(r"(\d{1,4})%(wall)?")
_KEYS = ("at", "to", *(one.name for one in attrs.fields(Level) if one.name not in ("share", "to", "offset", "origin",
                                                                                  "wall")))  # fmt: skip


def level(at: str, to: str, **more: Any) -> Level:
    """The level at "75%", "start + 30m", "due - 1h", "due + 2h wall"; ValueError says what is wrong.

    `more` are the other fields of `Level`; `every` may be a length such as "1h", `days` runs such as "mon-fri".
    """
    if unknown := sorted(set(more) - set(_KEYS)):
        raise ValueError(f"unknown key {', '.join(unknown)}; known: {', '.join(_KEYS)}")
    more["to"] = to
    for name in ("to", "during", "outside", "rota", "hold"):
        if wrong := misfit(more.get(name, ""), str):
            raise ValueError(f"{name} {wrong}")
    if isinstance(every := more.get("every"), str):
        more["every"] = seconds(every)
    for name in ("every", "times"):
        if wrong := misfit(more.get(name, 0), int):
            raise ValueError(f"{name} {wrong}")
    if not to:
        raise ValueError('it needs `to`: whom it reaches, as "manager", "next_line", "team:net" or "rota:net"')
    more["days"] = tuple(day for run in _words(more, "days") for day in weekdays(run))
    more["until"] = _words(more, "until")
    return Level(**_placed(at), **more)


def _words(table: Mapping[str, Any], name: str) -> tuple[str, ...]:
    given = table.get(name, ())
    given = (given,) if isinstance(given, str) else given
    if not isinstance(given, list | tuple) or not all(isinstance(one, str) for one in given):
        raise ValueError(f"{name} is {given!r}, where a list of texts is due")
    return tuple(given)


def _placed(at: Any) -> dict[str, Any]:
    """Where a level lies, as fields of it."""
    text = "".join(at.split()) if isinstance(at, str) else ""
    if share := _SHARE.fullmatch(text):
        return {"share": int(share[1]), "wall": bool(share[2])}
    if not (found := _OFFSET.fullmatch(text)):
        raise ValueError(f"at {at!r} is no moment of a clock; {AT}")
    origin, sign, span, wall = found.groups()
    return {"origin": origin, "offset": seconds(span or "0m") * (-1 if sign == "-" else 1), "wall": bool(wall)}


def seconds(text: str) -> int:
    """The seconds of a length such as "1h30m"; ValueError where it is none."""
    if not _LENGTH.fullmatch(text):
        raise ValueError(f"{text!r} is no length; write it as 30m, 2h or 1h30m")
    return sum(int(number) * _SECONDS[unit] for number, unit in re.findall(r"(\d+)([smhd])", text))


def chain_from_list(name: str, steps: Any) -> tuple[Level, ...]:
    """The chain of a table's name; SettingsError names chain, step and what is wrong."""
    if not isinstance(steps, list | tuple):
        raise SettingsError(f"chain {name}: {steps!r:.40} is no list of steps")
    return tuple(_read(name, number, step) for number, step in enumerate(steps, 1))


def _read(name: str, number: int, step: Any) -> Level:
    if not isinstance(step, Mapping):
        raise SettingsError(f"chain {name}, step {number}: {step!r:.40} is no table")
    table = dict(step)
    try:
        return level(table.pop("at", ""), table.pop("to", ""), **table)
    except (ValueError, TypeError, CalendarError) as fault:
        raise SettingsError(f"chain {name}, step {number}: {fault}") from None
