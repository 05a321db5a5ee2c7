"""Reading: documents into records as a scope may see them."""

from collections.abc import Iterator
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
    load,
    masked,
    masked_history,
    page_end,
    page_start,
    shown,
)
from itsmkit_store_mongo import questions
from itsmkit_store_mongo.layout import DESK, Doc, event, events_behind, parts_of, record_id, text, texts
from itsmkit_store_mongo.plan import Plan

TERMS_AT_ONCE = 50
STRETCH = 200
"""Documents of events that are read at once; with one event each, mostly."""


def get(plan: Plan, desk: Any, type_: str, key: str, scope: Scope) -> Record | Unreadable | None:
    """The record with that id or unique key, where the scope sees it."""
    its = plan.of(type_)
    key = text(key)
    found = desk.find_one(
        {"keys": {"$eq": key}} if ":" in key else {"_id": {"$eq": record_id(type_, key)}},
        questions.HEADER | {"type": 1},
    )
    if not found or found.get("type") != type_ or not scope.sees(tuple(found["reach"])):
        return None
    return view(its, found, scope)


def view(type_: RecordType, doc: Doc, scope: Scope) -> Record | Unreadable:
    """The document as a record that the scope may see; NewerShape where a newer version wrote it."""
    id_ = own_id(type_.name, doc)
    header = (id_, doc.get("version", 0), doc.get("head", ""), tuple(doc.get("reach", ())))
    try:
        record = load(type_, doc.get("body", ""), doc.get("shape", 1), header)
    except NewerShape:
        raise
    except StoreError as fault:
        return Unreadable(type_.name, id_, str(fault))
    return masked(type_, record, scope)


def own_id(type_: str, doc: Doc) -> str:
    """The id of a record's document, as the model knows it."""
    whole: str = doc["_id"]
    return whole[len(type_) + 1 :]


def history(
    plan: Plan, desk: Any, session: Any, at: tuple[str, str], scope: Scope, *, after: int, limit: int
) -> tuple[Event, ...]:
    """Events of a visible record behind `after`, those for the scope's audiences."""
    plan.of(at[0])
    record = desk.find_one({"_id": {"$eq": record_id(*at)}}, {"reach": 1, "events": 1}, session=session)
    if not record or not scope.sees(tuple(record["reach"])):
        return ()
    # Who doesn't hear "internal" sees numbers that count only what is shown: those before are needed to count.
    whole = scope.everything or scope.hears("internal")
    start, wanted = (after, limit) if whole else (0, after + limit)
    heard: list[Event] = []
    for one in events(desk, session, at, record, start):
        if scope.hears(one.audience):
            heard.append(one)
        if len(heard) >= wanted:
            break
    told: tuple[Event, ...] = masked_history(tuple(heard), scope, after, limit)
    return told


def events(desk: Any, session: Any, at: tuple[str, str], record: Doc, after: int) -> Iterator[Event]:
    """Events of a record behind `after`, whoever they are for; its document holds the first ones."""
    yield from (event(at[1], one) for one in record.get("events", ()) if one["seq"] > after)
    found = desk.find({"_id": events_behind(*at, after)}, session=session).sort("_id", 1).batch_size(STRETCH)
    with found:
        for doc in found:
            yield from (event(at[1], one) for one in doc["events"] if one["seq"] > after)


def blob(desk: Any, session: Any, digest: str, scope: Scope) -> Blob | None:
    """The bytes, where a record that names them is visible."""
    digest = text(digest)
    seen = {} if scope.everything else {"reach": {"$in": sorted(texts(scope.keys))}}
    if not desk.find_one({"files": {"$eq": digest}} | seen, {"_id": 1}, session=session):
        return None
    data = own_bytes(desk, session, digest)
    if data is None:
        parts = [one["data"] for one in desk.find({"_id": parts_of(digest)}, session=session).sort("_id", 1)]
        data = b"".join(parts) if parts else None
    return None if data is None else Blob(digest, data)


def own_bytes(desk: Any, session: Any, digest: str) -> bytes | None:
    """The bytes as one of the records keeps them that were born with them; None where all share them."""
    of_it = {"digest": {"$eq": digest}}
    found = desk.find_one({"bytes": {"$elemMatch": of_it}}, {"bytes": {"$elemMatch": of_it}}, session=session)
    return bytes(found["bytes"][0]["data"]) if found else None


def find(plan: Plan, desk: Any, session: Any, query: Query, scope: Scope, *, after: str | None, limit: int) -> Page:
    """Visible records that answer the query, behind `after`."""
    type_ = plan.of(query.type)
    order = type_.field(query.order) if query.order != "id" else None
    start = page_start(after, order) if after is not None else None
    among = {"_id": {"$in": like(desk, session, query)}} if query.like else {}
    wanted = questions.HEADER | ({f"fields.{query.order}": 1} if order else {})
    docs: list[Doc] = []
    for one in questions.stretches(query, type_, scope, start):
        more = limit + 1 - len(docs)
        if more > 0:
            narrowed = {"$and": [one.filter, among]} if among else one.filter
            docs += desk.find(narrowed, wanted, session=session).sort(one.sort).limit(more)
    found = docs[: max(limit, 0)]
    end = None
    if len(docs) > limit and found:
        last = found[-1]
        id_ = own_id(query.type, last)
        end = page_end(last["fields"][query.order] if order else id_, id_)
    return Page(tuple(view(type_, one, scope) for one in found), end)


def like(desk: Any, session: Any, query: Query) -> list[str]:
    """Candidates by the rarest terms first, newest first within a term, at most `LIKE_LIMIT`."""
    wanted = list(dict.fromkeys(query.like))
    having: dict[str, list[str]] = {}
    for at in range(0, len(wanted), TERMS_AT_ONCE):
        stages = questions.alike(query.type, wanted[at : at + TERMS_AT_ONCE], DESK)
        having |= {one["_id"]: one["ids"] for one in desk.aggregate(stages, session=session)}
    found: dict[str, None] = {}
    for term in sorted(having, key=lambda term: (len(having[term]), term)):
        for id_ in having[term]:
            found[id_] = None
            if len(found) == LIKE_LIMIT:
                return list(found)
    return list(found)


def tally(plan: Plan, desk: Any, session: Any, asked: Tally, scope: Scope) -> tuple[Count, ...]:
    """Counts and sums over the visible records, computed by the server."""
    type_ = plan.of(asked.type)
    by = [field for name in asked.by if (field := type_.field(name))]
    rows = [
        ([row["_id"][f"k{at}"] for at in range(len(by))], row)
        for row in desk.aggregate(questions.numbers(asked, scope), session=session, allowDiskUse=True)
    ]
    rows.sort(key=lambda one: [(value is not None, value) for value in one[0]])
    return tuple(
        Count(
            tuple(shown(value, field) for value, field in zip(key, by, strict=True)),
            row["n"],
            tuple((row[f"c{at}"], _whole(row[f"s{at}"])) for at in range(len(asked.sums))),
        )
        for key, row in rows
    )


def _whole(total: Any) -> int:
    return int(total.to_decimal()) if hasattr(total, "to_decimal") else int(total)
