"""Whether a value from a stranger's code is what its type says, down to the last field."""

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs

from itsmkit.core.text import clean

LONGEST = 1_000_000
"""A text of a plugin's answer has at most so many characters."""

Checker = Callable[[Any], str]
"""Says what is wrong with a value, "" where it fits."""


def misfit(value: Any, kind: Any, *, texts: bool = True) -> str:
    """What is wrong with a value of that kind: which field, and what is due there; "" where it fits.

    Without `texts`, a text may be of any length and hold what can't be stored.
    """
    return _checker(kind, texts)(value)


@cache
def _checker(hint: Any, texts: bool) -> Checker:  # noqa: FBT001 - a cache's key
    origin, inside = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return _one_of(tuple(_checker(one, texts) for one in inside))
    if origin is tuple:
        return _each(_checker(inside[0], texts))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _kind(Mapping)
    if origin is not None or hint is Any or not isinstance(hint, type):
        return _open(origin)
    return _fields(hint, texts) if attrs.has(hint) else _plain(hint, texts)


def _plain(kind: type, texts: bool) -> Checker:  # noqa: FBT001 - as above
    return _kind(kind) if kind is str and not texts else _SPECIAL.get(kind) or _kind(kind)


def _open(origin: Any) -> Checker:
    """The checker of hints that say little: what is to be called must be callable."""
    if origin is Callable:
        return lambda value: "" if callable(value) else f"is {_name(value)}, where a function is due"
    return lambda _: ""


def _kind(kind: type) -> Checker:
    def check(value: Any) -> str:
        return "" if isinstance(value, kind) else f"is {_name(value)}, where {kind.__name__} is due"

    return check


def _one_of(checkers: tuple[Checker, ...]) -> Checker:
    def check(value: Any) -> str:
        found = [check(value) for check in checkers]
        return "" if "" in found else found[0]

    return check


def _each(check_item: Checker) -> Checker:
    def check(value: Any) -> str:
        if not isinstance(value, tuple):
            return f"is {_name(value)}, where a tuple is due"
        return next((f"has an item that {wrong}" for wrong in map(check_item, value) if wrong), "")

    return check


def _fields(kind: type, texts: bool) -> Checker:  # noqa: FBT001 - as above
    # A class may name itself among its fields: its checkers are made when first needed.
    made: list[tuple[str, Any, Checker]] = []

    def check(value: Any) -> str:
        if not isinstance(value, kind):
            return f"is {_name(value)}, where {kind.__name__} is due"
        if not made:
            hints = get_type_hints(kind)
            made[:] = [(one.name, one.default, _checker(hints[one.name], texts)) for one in attrs.fields(kind)]
        for name, default, check_field in made:
            held = getattr(value, name)
            if held is not default and (wrong := check_field(held)):
                return f"{name} {wrong}"
        return ""

    return check


def _text(value: Any) -> str:
    if type(value) is str and len(value) <= LONGEST and value.isascii() and "\0" not in value:
        return ""  # as nearly every text; intake checks dozens
    if not isinstance(value, str):
        return f"is {_name(value)}, where str is due"
    if len(value) > LONGEST:
        return f"is longer than {LONGEST} characters"
    return "" if clean(value) == value else "holds NUL or half a surrogate pair"


def _number(value: Any) -> str:
    fits = isinstance(value, int) and not isinstance(value, bool)
    return "" if fits and abs(value) < 1 << 63 else f"is {_name(value)}, where a whole number of 64 bits is due"


def _share(value: Any) -> str:
    fits = isinstance(value, int | float) and not isinstance(value, bool)
    return "" if fits and math.isfinite(value) else "is no finite number"


def _moment(value: Any) -> str:
    if not isinstance(value, datetime):
        return f"is {_name(value)}, where datetime is due"
    return "" if value.tzinfo is not None else "has no time zone"


def _name(value: Any) -> str:
    return "None" if value is None else type(value).__name__


_SPECIAL: Mapping[type, Checker] = {
    str: _text,
    int: _number,
    float: _share,
    datetime: _moment,
    NoneType: lambda value: "" if value is None else f"is {_name(value)}, where nothing is due",
}
