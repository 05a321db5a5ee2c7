"""Values out of plain data: for each class one function, put together once, that looks at what is there and no more.

Bodies leave out what equals its default, and a ticket has eighty fields: a body costs what it holds. cattrs does the
kinds that are rare here. Classes without validators are filled as `revised` fills them, the others are called.
"""

import marshal
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

import attrs
from cattrs import Converter
from cattrs.errors import ForbiddenExtraKeysError
from cattrs.gen import make_dict_structure_fn

from itsmkit.core.model.agreement import Target
from itsmkit.core.model.record import from_ms

Make = Callable[[Any], Any]
"""Makes a value of one kind from its plain data."""

SHARED = (Target,)
"""Classes of which many records hold equal values: made once, they share what they compute of themselves."""
MOST_SHARED = 1024
_FACTORY: Any = type(attrs.Factory(list))


@cache
def maker(kind: type, converter: Converter) -> Make:
    """The function that makes a value of that attrs class from a mapping of its fields; an unknown one is refused."""
    fields = attrs.fields(kind)
    if any(not one.init or one.alias != one.name for one in fields):
        rare: Callable[[Any, Any], Any] = make_dict_structure_fn(
            kind, converter, _cattrs_forbid_extra_keys=True, _cattrs_detailed_validation=False
        )
        return lambda data: rare(data, kind)
    made = _made(kind, fields, converter)
    return _once(made) if kind in SHARED else made


def _made(kind: type, fields: Any, converter: Converter) -> Make:
    # A class may name itself among its fields: its parts are looked up when first needed.
    parts: dict[str, Make] = {}
    required = frozenset(one.name for one in fields if one.default is attrs.NOTHING)
    defaults = {one.name: one.default for one in fields if one.name not in required} if _bare(kind, fields) else None

    def make(data: Any) -> Any:
        if not parts:
            hints = get_type_hints(kind)
            parts.update({one.name: _part(hints[one.name], converter) for one in fields})  # at once: threads share it
        try:
            given = {name: parts[name](held) for name, held in data.items()}
        except KeyError:
            if unknown := data.keys() - parts.keys():
                raise ForbiddenExtraKeysError("", kind, unknown) from None
            raise
        if defaults is None or not required.issubset(given):
            return kind(**given)
        new: Any = object.__new__(kind)
        new.__dict__.update(defaults)
        new.__dict__.update(given)
        return new

    return make


def _bare(kind: type, fields: Any) -> bool:
    """Whether making one is nothing but setting its fields, which lie in a dictionary."""
    told = any(hasattr(kind, f"__attrs_{when}_init__") for when in ("pre", "post"))
    steered = any(one.validator or one.converter or isinstance(one.default, _FACTORY) for one in fields)
    return kind.__dictoffset__ != 0 and not told and not steered


def _once(made: Make) -> Make:
    """As `made`, but equal data gives the very same value."""
    known: dict[bytes, Any] = {}

    def make(data: Any) -> Any:
        try:
            key = marshal.dumps(data, 2)  # without references, so that equal data gives equal bytes
        except ValueError:
            return made(data)  # it doesn't come from JSON
        found = known.get(key)
        if found is None:
            if len(known) >= MOST_SHARED:
                known.clear()
            found = known[key] = made(data)
        return found

    return make


def _part(hint: Any, converter: Converter) -> Make:  # noqa: PLR0911 - one a kind
    origin, inside = get_origin(hint), get_args(hint)
    if hint in (str, int, float, bool):
        return cast("Make", hint)
    if hint is datetime:
        return _moment
    if origin in (Union, UnionType) and inside[1:] == (NoneType,):
        return _or_none(_part(inside[0], converter))
    if origin is tuple and inside[1:] == (...,):
        return _each(_part(inside[0], converter))
    if origin is dict or origin is Mapping:
        return dict  # plain JSON only: handed through
    if isinstance(hint, type) and attrs.has(hint):
        return maker(hint, converter)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {one.value: one for one in hint}.__getitem__
    hook = converter.get_structure_hook(hint)
    return lambda data: hook(data, hint)


def _moment(data: Any) -> datetime:
    if type(data) is not int:
        msg = f"{data!r:.40} is no moment"
        raise TypeError(msg)
    return from_ms(data)


def _or_none(part: Make) -> Make:
    return lambda data: None if data is None else part(data)


def _each(part: Make) -> Make:
    return lambda data: tuple(map(part, data))
