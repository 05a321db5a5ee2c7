"""What stores share about questions: checking them, comparing, and the text of a page's end."""

import json
from datetime import datetime
from typing import Any

from itsmkit.core.access import hidden
from itsmkit.core.codec import canonical
from itsmkit.core.errors import QueryError
from itsmkit.core.model.query import Op, Query, Scope, Tally, Test
from itsmkit.core.model.record import Field, FieldKind, Record, RecordType, from_ms, instant, to_ms

_EDGE = 1 << 63
"""Whole numbers are kept in 64 bits."""


def check_query(query: Query, type_: RecordType, scope: Scope) -> None:
    """QueryError where the query names an undeclared field or compares it with a value of another kind.

    A field that the scope isn't shown counts as undeclared: an answer would tell what the mask hides.
    """
    for test in query.where:
        check_test(test, type_, scope)
    if query.order != "id":
        _field(query.order, type_, scope)


def check_tally(tally: Tally, type_: RecordType, scope: Scope) -> None:
    """QueryError as for `check_query`; sums need integer fields."""
    for test in tally.where:
        check_test(test, type_, scope)
    for name in tally.by:
        _field(name, type_, scope)
    for name in tally.sums:
        if _field(name, type_, scope).kind is not FieldKind.INT:
            msg = f"{type_.name}.{name} is no whole number and can't be summed"
            raise QueryError(msg)


def check_test(test: Test, type_: RecordType, scope: Scope) -> None:
    """QueryError where the comparison doesn't fit the field."""
    kind = FieldKind.TEXT if test.field == "id" else _field(test.field, type_, scope).kind
    if test.op in (Op.SET, Op.UNSET):
        values: tuple[Any, ...] = ()
    elif test.op is Op.ANY_OF:
        if not isinstance(test.value, tuple):
            msg = f"{type_.name}.{test.field}: any_of takes a tuple"
            raise QueryError(msg)
        values = test.value
    else:
        values = (test.value,)
    for value in values:
        if not _fits(value, kind):
            msg = f"{type_.name}.{test.field} is compared with {kind} values, not {type(value).__name__}"
            raise QueryError(msg)


def _fits(value: Any, kind: FieldKind) -> bool:
    if kind is FieldKind.INT:
        return isinstance(value, int) and not isinstance(value, bool) and -_EDGE <= value < _EDGE
    if kind is FieldKind.TIME:
        return isinstance(value, datetime) and value.tzinfo is not None
    return isinstance(value, bool if kind is FieldKind.BOOL else str)


def _field(name: str, type_: RecordType, scope: Scope) -> Field:
    unseen = hidden(type_, scope)
    found = type_.field(name)
    if found is None or name in unseen:
        known = ", ".join(one.name for one in type_.fields if one.name not in unseen)
        msg = f"{type_.name} has no queried field {name!r}; it has {known}"
        raise QueryError(msg)
    return found


def column(record: Record, field: Field) -> Any:
    """The value of a queried field as stores keep and compare it: times as milliseconds, bools as 0 or 1."""
    return stored(getattr(record, field.name))


def stored(value: Any) -> Any:
    """A comparison value as stores keep it."""
    if isinstance(value, datetime):
        return to_ms(instant(value))
    if value is None or type(value) in (str, int):
        return value
    return int(value) if isinstance(value, int) else str(value)


def shown(value: Any, field: Field) -> Any:
    """A stored column value as a tally's key shows it."""
    if value is None:
        return None
    if field.kind is FieldKind.TIME:
        return from_ms(value)
    return bool(value) if field.kind is FieldKind.BOOL else value


def page_end(value: Any, id_: str) -> str:
    """The text by which a page's reader continues: the order value and id of its last record."""
    return canonical([value, id_])


def page_start(after: str, order: Field | None) -> tuple[Any, str]:
    """Order value and id out of `page_end`'s text for that order (None: by id); QueryError for anything else."""
    try:
        value, id_ = json.loads(after)
    except (ValueError, TypeError, RecursionError):
        value, id_ = None, None
    wanted = str if order is None or order.kind is FieldKind.TEXT else int
    if not isinstance(id_, str) or type(value) is not wanted:
        msg = "that is not the end of a page in this order; begin again without it"
        raise QueryError(msg)
    return value, id_
