"""The one place that knows how our values become text: cattrs taught once, canonical JSON, shapes.

Bodies leave out what equals its default, so that they stay small and new fields need no upgrade.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, get_origin

import attrs
from cattrs import Converter
from cattrs.errors import ForbiddenExtraKeysError
from cattrs.gen import make_dict_unstructure_fn, override

from itsmkit.core.errors import NewerShape, StoreError
from itsmkit.core.making import maker
from itsmkit.core.model.record import HEADER, Record, RecordType, from_ms, to_ms

T = TypeVar("T")

UNREADABLE = (
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError),
    *(OSError, RecursionError, ForbiddenExtraKeysError),
)
"""What a damaged body can raise on its way to a value: unknown keys, absurd times, too deep a nesting …"""

_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)


def _quick() -> Callable[[Any, int], Iterable[str]] | None:
    # `JSONEncoder.encode` makes a C encoder at every call, which costs a third of an event's encoding: keep one.
    machinery: Any = json.encoder
    make, quote = machinery.c_make_encoder, json.encoder.encode_basestring
    return make(None, _encoder.default, quote, None, ":", ",", True, False, False) if make else None  # noqa: FBT003


_chunks = _quick()
quoted: Callable[[str], str] = json.encoder.encode_basestring
"""A text as a JSON string, as `canonical` writes it."""


def canonical(value: Any) -> str:
    """Canonical JSON text: sorted keys, no spaces, no NaN; equal values give equal text."""
    return "".join(_chunks(value, 0)) if _chunks else _encoder.encode(value)


def _converter() -> Converter:
    converter = Converter(omit_if_default=True, forbid_extra_keys=True, detailed_validation=False)
    converter.register_unstructure_hook(datetime, to_ms)
    converter.register_structure_hook(datetime, lambda value, _: from_ms(value))
    # Mappings in values hold plain JSON only: hand them through instead of converting item by item.
    converter.register_unstructure_hook_func(_is_mapping, dict)
    converter.register_structure_hook_func(_is_mapping, lambda value, _: dict(value))

    def plain(kind: Any) -> Callable[[Any], Any]:
        unseen = {name: override(omit=True) for name in HEADER} if issubclass(kind, Record) else {}
        return make_dict_unstructure_fn(kind, converter, _cattrs_omit_if_default=True, **unseen)  # type: ignore[arg-type]

    def value(kind: Any) -> Callable[[Any, Any], Any]:
        make = maker(kind, converter)
        return lambda data, _: make(data)

    converter.register_unstructure_hook_factory(attrs.has, plain)
    converter.register_structure_hook_factory(attrs.has, value)
    return converter


def _is_mapping(kind: Any) -> bool:
    origin: object = get_origin(kind)
    return origin is dict or origin is Mapping


@cache
def _converters() -> Converter:
    return _converter()


def plain(value: Any) -> Any:
    """An attrs value as dicts, lists and plain values; times as milliseconds, defaults left out."""
    return _converters().unstructure(value)


def value(data: Any, kind: type[T]) -> T:
    """The attrs value of that kind from what `plain` gave; raises on unknown keys and ill-typed values."""
    return _converters().structure(data, kind)


def dump(record: Record) -> str:
    """The record's body as canonical JSON text, without its header; StoreError where it holds what JSON can't."""
    try:
        return canonical(_converters().unstructure(record))
    except (ValueError, TypeError) as fault:
        msg = f"{record.type} {record.id} can't be kept: {fault}"
        raise StoreError(msg) from fault


def load(type_: RecordType, body: str, shape: int, header: tuple[str, int, str, tuple[str, ...]]) -> Record:
    """The record from its body and header (id, version, head, reach); older shapes are upgraded.

    NewerShape where a newer itsmkit wrote it, StoreError where it can't be read.
    """
    if shape > type_.shape:
        msg = f"{type_.name} {header[0]} has shape {shape}, this itsmkit knows {type_.shape}: use the newer one"
        raise NewerShape(msg)
    try:
        data = json.loads(body)
        for upgrade in type_.upgrades[shape - 1 :]:
            data = upgrade(data)
        data["id"], data["version"], data["head"], data["reach"] = header
        return _converters().structure(data, type_.value)
    except UNREADABLE as fault:
        msg = f"{type_.name} {header[0]} can't be read: {type(fault).__name__}: {fault}"
        raise StoreError(msg) from fault
