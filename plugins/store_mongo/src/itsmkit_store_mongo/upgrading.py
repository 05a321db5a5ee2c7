"""Bringing a database up to this version and these types: steps of the layout, values of new fields, indexes.

Values are computed from the bodies, so many records at a time; how far that got is noted beside them, so that an
upgrade that was stopped goes on from there.
"""

from collections.abc import Callable, Iterator
from typing import Any

from pymongo import UpdateOne

from itsmkit import RecordType, Scope, Unreadable, column
from itsmkit_store_mongo import schema
from itsmkit_store_mongo.connections import Connections
from itsmkit_store_mongo.layout import Doc, of_type, scalar
from itsmkit_store_mongo.plan import FIXED, Plan
from itsmkit_store_mongo.questions import HEADER
from itsmkit_store_mongo.reading import view

CHUNK = 500


def _first(connections: Connections) -> None:
    """The collection and the indexes that belong to no type."""
    schema.make(connections, FIXED)


STEPS: tuple[Callable[[Connections], None], ...] = (_first,)
"""What brings the layout from each step to the next one; each may be run again after a stop."""


def upgrade(plan: Plan, connections: Connections) -> Iterator[str]:
    """Add what is missing and fill it; a line for each thing done, none where nothing was missing."""
    with connections.telling():
        notes = {one["_id"]: one for one in connections.meta.find({})}
        schema.newer(connections, notes)
        for number in range(notes.get(schema.LAYOUT, {}).get("step", 0), schema.STEP):
            STEPS[number](connections)
            step = {"$set": {"step": number + 1}}
            connections.meta.update_one({"_id": {"$eq": schema.LAYOUT}}, step, upsert=True)
            yield f"laid out as of step {number + 1}"
        for type_ in plan.types.values():
            yield from _fill(connections, type_, notes)
        yield from _index(plan, connections)


def _fill(connections: Connections, type_: RecordType, notes: dict[str, Any]) -> Iterator[str]:
    begun = notes.get(schema.FILLING + type_.name, {})
    fresh = schema.new_fields(type_, notes)
    if not fresh and not begun:
        return
    # A filling that was stopped for fewer fields than are wanted now begins anew for all of them.
    after = begun.get("after", "") if set(fresh) <= set(begun.get("fields", ())) else ""
    names = sorted({*fresh, *begun.get("fields", ())} & {one.name for one in type_.fields})
    at, count, last = {"_id": {"$eq": schema.FILLING + type_.name}}, 0, after
    while True:
        note = {"$set": {"fields": names, "after": last}}
        connections.meta.update_one(at, note, upsert=True)
        docs = _some(connections, type_, last)
        if not docs:
            break
        _write(connections, type_, names, docs)
        count, last = count + len(docs), docs[-1]["_id"]
    schema.note_type(connections, type_)
    connections.meta.delete_one(at)
    if schema.TYPE + type_.name not in notes:
        yield f"added the type {type_.name}"
    if count or begun:
        yield f"filled {', '.join(names)} of {count} records of {type_.name}"


def _some(connections: Connections, type_: RecordType, after: str) -> list[Doc]:
    behind = of_type(type_.name) | ({"$gt": after} if after else {})
    if after:
        del behind["$gte"]
    return list(connections.desk.find({"_id": behind}, HEADER).sort("_id", 1).limit(CHUNK))


def _write(connections: Connections, type_: RecordType, names: list[str], docs: list[Doc]) -> None:
    """The fields' values, unless the record was changed meanwhile by somebody who writes them already."""
    fields = [field for name in names if (field := type_.field(name))]
    steps = []
    for doc in docs:
        record = view(type_, doc, Scope.system("store upgrade"))
        if isinstance(record, Unreadable):
            continue  # what can't be read has no values; it is shown as unreadable anyway
        values = {f"fields.{one.name}": scalar(column(record, one)) for one in fields}
        at = {"_id": {"$eq": doc["_id"]}, "version": {"$eq": doc["version"]}}
        steps.append(UpdateOne(at, {"$set": values}))
    if steps:
        connections.desk.bulk_write(steps, ordered=False)


def _index(plan: Plan, connections: Connections) -> Iterator[str]:
    there = connections.desk.index_information()
    for index in plan.indexes:
        if index.name in there and schema.alike(index, there[index.name]):
            continue
        if index.name in there:
            connections.desk.drop_index(index.name)
        schema.make(connections, (index,))
        yield f"added the index {index.name}"
