"""Writing: what was decided as steps that prove, each for itself, what the decision rested on.

A step that *must* meet its document carries what has to hold in its filter: the version that was read, the lease's
fence. So units can be written without reading anything first; where a step meets nothing, it wasn't as hoped.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import frozen
from bson.binary import Binary
from pymongo import DeleteMany, DeleteOne, ReplaceOne, UpdateMany, UpdateOne

from itsmkit import (
    COMMAND_LIFE,
    Change,
    Delta,
    Erase,
    Given,
    Lane,
    RecordType,
    Ref,
    Standing,
    Unit,
    canonical,
    check_change,
    column,
    delta,
    dump,
    to_ms,
)
from itsmkit_store_mongo.layout import (
    NEVER,
    SMALL,
    Doc,
    Slot,
    as_it_stands,
    bytes_id,
    command_id,
    events_behind,
    events_id,
    kept_event,
    kept_todo,
    parts,
    parts_of,
    record_id,
    scalar,
    stretches,
    texts,
    todo_id,
    within,
)
from itsmkit_store_mongo.plan import Plan

BIRTH = 1 << 20
"""Characters of the first events that lie in the record's own document, at most."""


@frozen
class Step:
    """One write: `at` is the only document that it touches (None: several), which it `must` meet or may."""

    write: Any
    at: str | None = None
    must: bool = True

    @property
    def sort(self) -> tuple[bool, bool]:
        """Steps of one sort in a row are one command, whose answer counts what they met together."""
        return self.must, isinstance(self.write, DeleteOne | DeleteMany)


@frozen
class Ready:
    """A unit with all that can be computed beforehand. `drops` are digests that a record of it names no more."""

    unit: Unit
    deltas: tuple[Delta, ...]
    docs: tuple[Doc, ...]
    drops: frozenset[str]

    @property
    def plain(self) -> bool:
        """Whether writing it proves it, with nothing read before: no bytes dropped, no record changed twice."""
        places = [(one.after.type, one.after.id) for one in self.unit.changes]
        return not self.drops and len(set(places)) == len(places)


def prepare(plan: Plan, unit: Unit) -> Ready:
    """The unit's documents; StoreError for a change that can't be kept."""
    for change in unit.changes:
        check_change(change)
    for type_name in (*(one.type for one in unit.given), *(one.type for one in unit.erases)):
        plan.of(type_name)
    pairs = [(plan.of(one.after.type), one) for one in unit.changes]
    bodies = [dump(one.after) for one in unit.changes]  # refuses what the analyser of texts would stumble over
    deltas = tuple(delta(type_, one.before, one.after) for type_, one in pairs)
    docs = tuple(
        _doc(type_, one, different, body) for (type_, one), different, body in zip(pairs, deltas, bodies, strict=True)
    )
    return Ready(unit, deltas, docs, frozenset(digest for one in deltas for digest in one.blobs_gone))


def _doc(type_: RecordType, change: Change, different: Delta, body: str) -> Doc:
    """A new record's document, but for bytes and todo; of a changed one what the change sets (None: takes off)."""
    record, before = change.after, change.before
    made: Doc = {
        "version": record.version,
        "head": record.head,
        "reach": texts(record.reach),
        "shape": type_.shape,
        "body": body,
    }
    now = {one.name: scalar(column(record, one)) for one in type_.fields}
    if before is None:
        lists = {"keys": different.keys, "terms": different.terms, "files": different.blobs}
        made |= {"type": record.type, "fields": now} | {name: texts(those) for name, those in lists.items() if those}
        return made | ({"events": list(map(kept_event, change.events))} if _small_birth(change) else {})
    made |= {f"fields.{one.name}": now[one.name] for one in type_.fields if column(before, one) != now[one.name]}
    altered = {
        "keys": different.keys or different.keys_gone,
        "terms": different.terms or different.terms_gone,
        "files": different.blobs or different.blobs_gone,
    }
    if any(altered.values()):
        whole = delta(type_, None, record)
        lists = {"keys": whole.keys, "terms": whole.terms, "files": whole.blobs}
        made |= {name: texts(lists[name]) or None for name, differs in altered.items() if differs}
    return made


def _small_birth(change: Change) -> bool:
    """Whether the first events lie in the record's document."""
    return sum(len(one.text) + len(one.personal_text) for one in change.events) <= BIRTH


# what a unit's steps are


def unit_steps(ready: Ready, todos: Mapping[Slot, Standing | None]) -> Iterator[Step]:
    """The steps of a unit's records; those of `todos` that lie in new records are born with them."""
    unit = ready.unit
    new = {(one.after.type, one.after.id) for one in unit.changes if one.before is None}
    for given in unit.given:
        yield from _guard(given, new=(given.type, given.id) in new)
    yield from _handed_over(ready)
    brought = {one.digest: one.data for one in unit.blobs}
    for change, different, doc in zip(unit.changes, ready.deltas, ready.docs, strict=True):
        own: Mapping[str, bytes] = {}
        if change.before is None:
            own = _small(different, brought)
            yield _birth(change, doc, own, todos)
        else:
            yield _update(change, doc, different)
        yield from _later_events(change)
        for digest in different.blobs:
            if digest not in own:
                yield from shared(digest, brought.get(digest))
    for erase in unit.erases:
        yield from _erase(erase)


def _guard(given: Given, *, new: bool) -> Iterator[Step]:
    """Whoever changes that record meanwhile waits for us, or we for them: else both could be right, each alone."""
    at = record_id(given.type, given.id)
    if given.version:
        yield Step(UpdateOne({**_at(at), "version": {"$eq": scalar(given.version)}}, {"$inc": {"guard": 1}}), at)
    elif not new:
        yield _fresh(at, {"guard": 1})
        yield Step(DeleteOne(_at(at)), at)


def _handed_over(ready: Ready) -> Iterator[Step]:
    """Takes keys off that another record of the unit gets: a key has one holder at any moment."""
    fresh = {key for one in ready.deltas for key in one.keys}
    for change, one in zip(ready.unit.changes, ready.deltas, strict=True):
        if change.before is not None and fresh.intersection(one.keys_gone):
            # All of them, as the change puts its own back, and lists left empty would be equal keys.
            yield _revision(change, {"$unset": {"keys": ""}})


def _birth(change: Change, doc: Doc, own: Mapping[str, bytes], todos: Mapping[Slot, Standing | None]) -> Step:
    record = change.after
    slot = (Lane.INTAKE, record.type, record.id, "")
    todo = todos.get(slot)
    more: Doc = {"todo": kept_todo(todo)} if todo else {}
    if own:
        more["bytes"] = [{"digest": digest, "data": Binary(data)} for digest, data in own.items()]
    return _fresh(record_id(record.type, record.id), doc | more)


def _update(change: Change, doc: Doc, different: Delta) -> Step:
    update: Doc = {"$set": {name: value for name, value in doc.items() if value is not None or "." in name}}
    if gone := {name: "" for name, value in doc.items() if value is None and "." not in name}:
        update["$unset"] = gone
    if different.blobs_gone:
        update["$pull"] = {"bytes": {"digest": {"$in": texts(different.blobs_gone)}}}
    return _revision(change, update)


def _revision(change: Change, update: Doc) -> Step:
    """A write of a record at the version that was read."""
    at = record_id(change.after.type, change.after.id)
    version = change.before.version if change.before else 0
    return Step(UpdateOne({**_at(at), "version": {"$eq": version}}, update), at)


def _later_events(change: Change) -> Iterator[Step]:
    """Events in documents of their own: all but those that lie in their record."""
    if change.before is None and _small_birth(change):
        return
    place = (change.after.type, change.after.id)
    for stretch in stretches(change.events):
        yield _fresh(events_id(*place, stretch[-1].seq), {"events": list(map(kept_event, stretch))})


def _small(different: Delta, brought: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Bytes that a new record keeps in its own document."""
    own = {digest: brought[digest] for digest in different.blobs if digest in brought}
    return own if sum(map(len, own.values())) <= SMALL else {}


def shared(digest: str, data: bytes | None = None) -> Iterator[Step]:
    """Names bytes that several records may share; whoever drops them meanwhile meets us at their first document."""
    at = bytes_id(digest)
    yield Step(UpdateOne(_at(at), {"$inc": {"guard": 1}}, upsert=True), at)
    for part_id, part in parts(digest, data) if data is not None else ():
        yield Step(UpdateOne(_at(part_id), {"$setOnInsert": {"data": Binary(part)}}, upsert=True), part_id)


def forsaken(digest: str) -> Iterator[Step]:
    """Removes bytes that no record names any more."""
    yield from shared(digest)
    yield Step(DeleteMany({"_id": parts_of(digest)}), must=False)
    yield Step(DeleteOne(_at(bytes_id(digest))), bytes_id(digest), must=False)


def _erase(one: Erase) -> Iterator[Step]:
    """Takes the personal part, and the salt that binds it, out of events."""
    gone = {"$unset": {"events.$[one].personal": "", "events.$[one].salt": ""}}
    upto: list[Mapping[str, Any]] = [{"one.seq": {"$gte": 0} if one.upto is None else {"$lte": scalar(one.upto)}}]
    place = (one.type, one.id)
    for at in ({"$eq": record_id(*place)}, events_behind(*place, 0)):
        write = UpdateMany({"_id": at, "events": {"$exists": True}}, gone, array_filters=upto)
        yield Step(write, must=False)


def todo_steps(
    before: Mapping[Slot, Standing], moved: Mapping[Slot, Standing | None], born: Container[tuple[str, str]]
) -> Iterator[Step]:
    """The steps that move todos; those seen `before` only from where they stood then.

    Todos in records that are `born` just now were written with them.
    """
    for slot, now in moved.items():
        inside, stood = within(slot), before.get(slot)
        if inside and slot[1:3] in born:
            continue
        at = todo_id(slot)
        where = _at(at) | (as_it_stands(stood) if stood else {})
        if now:
            yield Step(UpdateOne(where, {"$set": {"todo": kept_todo(now)}}, upsert=not stood and not inside), at)
        elif inside:
            yield Step(UpdateOne(where, {"$unset": {"todo": ""}}), at, must=bool(stood))
        else:
            yield Step(DeleteOne(where), at, must=bool(stood))


def command_step(command: str, refs: Sequence[Ref], now: datetime, *, outworn: bool) -> Step:
    """Notes a command as done, perhaps over a note whose life is over.

    The server removes notes by its own clock, later than ours ends their life.
    """
    kept = canonical([[one.type, one.id, one.version] for one in refs])
    note = {"at": to_ms(now), "refs": kept, "gone": datetime.now(UTC) + COMMAND_LIFE + timedelta(days=1)}
    at = command_id(command)
    return Step(ReplaceOne(_at(at), note, upsert=True), at) if outworn else _fresh(at, note)


def _fresh(at: str, doc: Doc) -> Step:
    """A document put where none is."""
    return Step(ReplaceOne({**_at(at), **NEVER}, doc, upsert=True), at)


def _at(at: str) -> Doc:
    return {"_id": {"$eq": at}}


# rows of steps


def in_rows(steps: Iterable[Step]) -> list[list[Step]]:
    """Rows of steps of one sort, as few as their order allows: a step may pass those that touch other documents."""
    rows: list[list[Step]] = []
    touched: list[set[str | None]] = []
    for step in steps:
        place = len(rows) - 1
        while place >= 0 and rows[place][0].sort != step.sort:
            if step.at is None or step.at in touched[place] or None in touched[place]:
                place = -1
                break
            place -= 1
        if place < 0:
            rows.append([])
            touched.append(set())
        rows[place].append(step)
        touched[place].add(step.at)
    return rows
