"""Reading: rows into records as a scope may see them."""

import json
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
from itsmkit_store_sql.databases import Row, Turn
from itsmkit_store_sql.plan import Plan
from itsmkit_store_sql.questions import shape, values

ALL = 1 << 31

FEW = 500
"""A scope that reaches no more records than this is searched from its keys, a larger one record by record."""


def get(plan: Plan, turn: Turn, type_: str, key: str, scope: Scope) -> Record | Unreadable | None:
    """The record with that id or unique key, where the scope sees it."""
    its = plan.of(type_)
    by_key = (its.row_by_key, (plan.phrases.brief(key), type_))
    found = turn.rows(*by_key) if ":" in key else turn.rows(its.row, (key,))
    return view(its.type, found[0], scope) if found and scope.sees(_reach(found[0])) else None


def view(type_: RecordType, row: Row, scope: Scope) -> Record | Unreadable:
    """The row as a record that the scope may see; NewerShape where a newer version wrote it."""
    id_, version, head, _, written, body = row[:6]
    try:
        record = load(
            type_, body.decode() if isinstance(body, bytes) else body, written, (id_, version, head, _reach(row))
        )
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


def history(plan: Plan, turn: Turn, at: tuple[str, str], scope: Scope, *, after: int, limit: int) -> tuple[Event, ...]:
    """Events of a visible record behind `after`, those for the scope's audiences."""
    row = turn.rows(plan.of(at[0]).row, (at[1],))
    if not row or not scope.sees(_reach(row[0])):
        return ()
    if scope.everything:
        return events(plan, turn, at, after, limit)
    audiences = plan.phrases.listed(sorted(scope.audiences | scope.keys))
    # Who doesn't hear "internal" sees numbers that count only what is shown: those before are needed to count.
    start, upto = (after, limit) if scope.hears("internal") else (0, after + limit)
    rows = turn.rows(plan.statements.heard, (*at, start, audiences, upto))
    heard: tuple[Event, ...] = masked_history(tuple(event(at[1], one) for one in rows), scope, after, limit)
    return heard


def events(plan: Plan, turn: Turn, at: tuple[str, str], after: int, limit: int = ALL) -> tuple[Event, ...]:
    """All events of a record behind `after`, whoever they are for."""
    return tuple(event(at[1], one) for one in turn.rows(plan.statements.events, (*at, after, limit)))


def event(record: str, row: Row) -> Event:
    """The event of that row; one that is damaged as far as its columns tell."""
    seq, at, code, audience = row[:4]
    text, digest, personal, salt = (
        part.decode(errors="replace") if isinstance(part, bytes) else part for part in row[4:]
    )
    try:
        return read(text, digest, personal, salt)
    except (ValueError, TypeError, KeyError, AttributeError):
        # Shown, so that `verify` can name it.
        return Event(record, seq, from_ms(at), code, "", text, digest, audience=audience, salt=salt)


def blob(plan: Plan, turn: Turn, digest: str, scope: Scope) -> Blob | None:
    """The bytes, where a record that names them is visible."""
    if scope.everything:
        named = turn.rows(plan.statements.named, (digest,))
    else:
        named = turn.rows(plan.statements.named_within, (digest, _keys(plan, scope)))
    if not named:
        return None
    parts = [part for (part,) in turn.rows(plan.statements.bytes, (digest,))]
    return Blob(digest, b"".join(parts)) if parts else None


def find(plan: Plan, turn: Turn, query: Query, scope: Scope, *, after: str | None, limit: int) -> Page:
    """Visible records that answer the query, behind `after`."""
    type_ = plan.of(query.type).type
    start = page_start(after, type_.field(query.order)) if after is not None else None
    ids = _like(plan, turn, query) if query.like else _few(plan, turn, query.type, scope)
    given = _given(plan, query, scope, ids) | {"upto": limit + 1}
    if start:
        given |= {"start": start[0], "start_id": start[1]}
    asked = shape(query, ids=ids is not None, keys=_scoped(query, scope, ids), behind=start is not None)
    statement = plan.question(asked)
    rows = turn.rows(statement.text, statement.values(given))
    found = rows[:limit]
    end = page_end(found[-1][6], found[-1][0]) if len(rows) > limit and found else None
    return Page(tuple(view(type_, row, scope) for row in found), end)


def tally(plan: Plan, turn: Turn, asked: Tally, scope: Scope) -> tuple[Count, ...]:
    """Counts and sums over the visible records."""
    type_ = plan.of(asked.type).type
    ids = _few(plan, turn, asked.type, scope)
    statement = plan.question(shape(asked, ids=ids is not None, keys=_scoped(asked, scope, ids)))
    rows = turn.rows(statement.text, statement.values(_given(plan, asked, scope, ids)))
    by = [field for name in asked.by if (field := type_.field(name))]
    wide = len(by)
    rows.sort(key=lambda row: [(value is not None, value) for value in row[:wide]])
    return tuple(
        Count(
            tuple(shown(value, field) for value, field in zip(row[:wide], by, strict=True)),
            row[wide],
            # PostgreSQL adds whole numbers up to a decimal, which can't overflow.
            tuple((n, int(total)) for n, total in zip(row[wide + 1 :: 2], row[wide + 2 :: 2], strict=True)),
        )
        for row in rows
        if row[wide]
    )


def _given(plan: Plan, asked: Query | Tally, scope: Scope, ids: list[str] | None) -> dict[str, Any]:
    given = values(plan.phrases, asked.where) | {"type": asked.type, "keys": _keys(plan, scope)}
    return given if ids is None else given | {"ids": plan.phrases.listed(ids)}


def _keys(plan: Plan, scope: Scope) -> str:
    return plan.phrases.listed(map(plan.phrases.brief, sorted(scope.keys)))


def _scoped(asked: Query | Tally, scope: Scope, ids: list[str] | None) -> bool:
    """Whether the statement must look at reach; it needn't where the ids were taken from the scope's keys."""
    return not scope.everything and (ids is None or (isinstance(asked, Query) and bool(asked.like)))


def _few(plan: Plan, turn: Turn, type_: str, scope: Scope) -> list[str] | None:
    """What the scope reaches, where that is few; else None."""
    if scope.everything:
        return None
    ids = [id_ for (id_,) in turn.rows(plan.statements.within, (type_, _keys(plan, scope), FEW + 1))]
    return ids if len(ids) <= FEW else None


def _like(plan: Plan, turn: Turn, query: Query) -> list[str]:
    """Candidates by the rarest terms first, newest first within a term, at most `LIKE_LIMIT`."""
    s, wanted = plan.statements, list(dict.fromkeys(query.like))
    kept = [(query.type, plan.phrases.brief(term), LIKE_LIMIT) for term in wanted]
    counts = turn.answers([(s.how_many, values) for values in kept])
    rarest = sorted(
        (count, term, values) for ((count,),), term, values in zip(counts, wanted, kept, strict=True) if count
    )
    found: dict[str, None] = {}
    for _, _, given in rarest:
        for (id_,) in turn.rows(s.having, given):
            found[id_] = None
            if len(found) == LIKE_LIMIT:
                return list(found)
    return list(found)
