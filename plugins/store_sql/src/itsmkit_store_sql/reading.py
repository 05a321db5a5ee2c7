"""Reading: rows into records as a scope may see them."""

import json
from sqlite3 import Cursor
from typing import Any

from itsmkit import (
    LIKE_LIMIT,
    Blob,
    Count,
    Event,
    NewerShape,
    Page,
    Query,
    Record,
    RecordType,
    Scope,
    StoreError,
    Tally,
    Unreadable,
    from_ms,
    load,
    masked,
    masked_history,
    page_end,
    page_start,
    read,
    shown,
)
from itsmkit_store_sql.plan import Plan
from itsmkit_store_sql.questions import shape, values
from itsmkit_store_sql.sqlite import listed

Row = tuple[Any, ...]

ALL = 1 << 31

FEW = 500
"""A scope that reaches no more records than this is searched from its keys, a larger one record by record."""


def get(plan: Plan, cursor: Cursor, type_: str, key: str, scope: Scope) -> Record | Unreadable | None:
    """The record with that id or unique key, where the scope sees it."""
    its = plan.of(type_)
    row = cursor.execute(its.row_by_key, (key, type_)) if ":" in key else cursor.execute(its.row, (key,))
    found = row.fetchone()
    return view(its.type, found, scope) if found and scope.sees(_reach(found)) else None


def view(type_: RecordType, row: Row, scope: Scope) -> Record | Unreadable:
    """The row as a record that the scope may see; NewerShape where a newer version wrote it."""
    id_, version, head, _, written, body = row[:6]
    try:
        record = load(type_, body.decode(), written, (id_, version, head, _reach(row)))
    except NewerShape:
        raise
    except (StoreError, UnicodeDecodeError) as fault:
        return Unreadable(type_.name, id_, str(fault))
    return masked(type_, record, scope)


def _reach(row: Row) -> tuple[str, ...]:
    try:
        return tuple(json.loads(row[3]))
    except ValueError:
        return ()  # damaged: for those alone who see everything


def history(
    plan: Plan, cursor: Cursor, at: tuple[str, str], scope: Scope, *, after: int, limit: int
) -> tuple[Event, ...]:
    """Events of a visible record behind `after`, those for the scope's audiences."""
    row = cursor.execute(plan.of(at[0]).row, (at[1],)).fetchone()
    if not row or not scope.sees(_reach(row)):
        return ()
    if scope.everything:
        whole: tuple[Event, ...] = masked_history(events(plan, cursor, at, after, limit), scope, after, limit)
        return whole
    audiences = listed(sorted(scope.audiences | scope.keys))
    # Who doesn't hear "internal" sees numbers that count only what is shown: those before are needed to count.
    start, upto = (after, limit) if scope.hears("internal") else (0, after + limit)
    cursor.execute(plan.statements.heard, (*at, start, audiences, upto))
    heard: tuple[Event, ...] = masked_history(tuple(_event(at[1], one) for one in cursor), scope, after, limit)
    return heard


def events(plan: Plan, cursor: Cursor, at: tuple[str, str], after: int, limit: int = ALL) -> tuple[Event, ...]:
    """All events of a record behind `after`, whoever they are for."""
    cursor.execute(plan.statements.events, (*at, after, limit))
    return tuple(_event(at[1], one) for one in cursor)


def _event(record: str, row: Row) -> Event:
    seq, at, code, audience = row[:4]
    text, digest, personal, salt = (part.decode(errors="replace") for part in row[4:])
    try:
        return read(text, digest, personal, salt)
    except (ValueError, TypeError, KeyError, AttributeError):
        # Damaged: shown by what its columns tell, so that `verify` can name it.
        return Event(record, seq, from_ms(at), code, "", text, digest, audience=audience, salt=salt)


def blob(plan: Plan, cursor: Cursor, digest: str, scope: Scope) -> Blob | None:
    """The bytes, where a record that names them is visible."""
    if scope.everything:
        cursor.execute(plan.statements.named, (digest,))
    else:
        cursor.execute(plan.statements.named_within, (digest, listed(sorted(scope.keys))))
    if not cursor.fetchone():
        return None
    parts = [part for (part,) in cursor.execute(plan.statements.bytes, (digest,))]
    return Blob(digest, b"".join(parts)) if parts else None


def find(plan: Plan, cursor: Cursor, query: Query, scope: Scope, *, after: str | None, limit: int) -> Page:
    """Visible records that answer the query, behind `after`."""
    type_ = plan.of(query.type).type
    start = page_start(after, type_.field(query.order)) if after is not None else None
    ids = _like(plan, cursor, query) if query.like else _few(plan, cursor, query.type, scope)
    given = _given(query, scope, ids) | {"upto": limit + 1}
    if start:
        given |= {"start": start[0], "start_id": start[1]}
    asked = shape(query, ids=ids is not None, keys=_scoped(query, scope, ids), behind=start is not None)
    statement = plan.question(asked)
    rows = cursor.execute(statement.text, statement.values(given)).fetchall()
    found = rows[:limit]
    end = page_end(found[-1][6], found[-1][0]) if len(rows) > limit and found else None
    return Page(tuple(view(type_, row, scope) for row in found), end)


def tally(plan: Plan, cursor: Cursor, asked: Tally, scope: Scope) -> tuple[Count, ...]:
    """Counts and sums over the visible records."""
    type_ = plan.of(asked.type).type
    ids = _few(plan, cursor, asked.type, scope)
    statement = plan.question(shape(asked, ids=ids is not None, keys=_scoped(asked, scope, ids)))
    rows = cursor.execute(statement.text, statement.values(_given(asked, scope, ids))).fetchall()
    by = [field for name in asked.by if (field := type_.field(name))]
    wide = len(by)
    rows.sort(key=lambda row: [(value is not None, value) for value in row[:wide]])
    return tuple(
        Count(
            tuple(shown(value, field) for value, field in zip(row[:wide], by, strict=True)),
            row[wide],
            tuple(zip(row[wide + 1 :: 2], row[wide + 2 :: 2], strict=True)),
        )
        for row in rows
        if row[wide]
    )


def _given(asked: Query | Tally, scope: Scope, ids: list[str] | None) -> dict[str, Any]:
    given = values(asked.where) | {"type": asked.type, "keys": listed(sorted(scope.keys))}
    return given if ids is None else given | {"ids": listed(ids)}


def _scoped(asked: Query | Tally, scope: Scope, ids: list[str] | None) -> bool:
    """Whether the statement must look at reach; it needn't where the ids were taken from the scope's keys."""
    return not scope.everything and (ids is None or (isinstance(asked, Query) and bool(asked.like)))


def _few(plan: Plan, cursor: Cursor, type_: str, scope: Scope) -> list[str] | None:
    """What the scope reaches, where that is few; else None."""
    if scope.everything:
        return None
    cursor.execute(plan.statements.within, (type_, listed(sorted(scope.keys)), FEW + 1))
    ids = [id_ for (id_,) in cursor]
    return ids if len(ids) <= FEW else None


def _like(plan: Plan, cursor: Cursor, query: Query) -> list[str]:
    """Candidates by the rarest terms first, newest first within a term, at most `LIKE_LIMIT`."""
    counted = []
    for term in dict.fromkeys(query.like):
        (count,) = cursor.execute(plan.statements.how_many, (query.type, term, LIKE_LIMIT)).fetchone()
        if count:
            counted.append((count, term))
    found: dict[str, None] = {}
    for _, term in sorted(counted):
        for (id_,) in cursor.execute(plan.statements.having, (query.type, term, LIKE_LIMIT)).fetchall():
            found[id_] = None
            if len(found) == LIKE_LIMIT:
                return list(found)
    return list(found)
