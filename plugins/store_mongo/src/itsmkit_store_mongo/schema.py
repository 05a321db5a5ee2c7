"""Whether a deployment and its database are fit for a store, and how an empty database becomes one.

What is laid out is noted in the collection meta: `{_id: "layout", step}`, per type `{_id: "type:ticket", fields}` with
the fields that all its records have, and `{_id: "filling:ticket", fields, after}` while new ones are being filled.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from attrs import frozen
from pymongo import IndexModel
from pymongo.errors import CollectionInvalid, WTimeoutError

from itsmkit import RecordType, StoreError, StoreOutdated
from itsmkit_store_mongo.connections import Connections
from itsmkit_store_mongo.layout import DESK
from itsmkit_store_mongo.plan import Index, Plan

LAYOUT, TYPE, FILLING = "layout", "type:", "filling:"
STEP = 1
"""The newest step of the layout: 1 is the first there was."""

OLDEST = (6, 0)
"""The oldest server that is tried: reads of one moment over several questions, partial unique indexes, big units."""

UPGRADE = "run `itsmkit store upgrade`"


@frozen
class Facts:
    """What a server tells of itself."""

    version: tuple[int, ...]
    replica_set: str
    primary: bool
    sharded: bool


def facts(connections: Connections) -> Facts:
    """What the server that the URL leads to tells."""
    with connections.telling():
        hello = connections.client.admin.command("hello")
        version = connections.client.server_info()["versionArray"]
    return Facts(tuple(version), hello.get("setName", ""), hello["isWritablePrimary"], hello.get("msg") == "isdbgrid")


def unfit(told: Facts) -> str:
    """Why no store can be on such a server, and what to do; "" where it can."""
    if told.version[:2] < OLDEST:
        have, need = ".".join(map(str, told.version[:2])), ".".join(map(str, OLDEST))
        return f"MongoDB {have} is too old; {need} or a newer one is needed"
    if told.sharded:
        return "that is a router of a sharded cluster; a desk needs a replica set of its own"
    if not told.replica_set:
        return (
            "that server is no member of a replica set, so it has no transactions and can lose what it acknowledged; "
            "start it with --replSet rs0 and run rs.initiate() once (one member is enough)"
        )
    if not told.primary:
        return "that server isn't the primary; name the replica set in the URL (replicaSet=rs0) instead of one member"
    return ""


def ready(plan: Plan, connections: Connections) -> None:
    """Set an empty database up; StoreError where the server is unfit, StoreOutdated where something is missing."""
    reason = unfit(facts(connections))
    if reason:
        raise StoreError(f"{connections.where.shown}: {reason}")
    majority(connections)
    with connections.telling():
        if connections.meta.find_one({"_id": {"$eq": LAYOUT}}) is None and not _names(connections):
            create(plan, connections)
    check(plan, connections)


def majority(connections: Connections) -> None:
    """StoreError where a majority of members doesn't confirm within the patience that it has what was written."""
    with connections.telling():
        try:
            # Nothing changes by this, and yet it is answered only when all that was written is safe.
            connections.meta.update_one({"_id": {"$eq": LAYOUT}}, {"$max": {"step": 0}})
        except WTimeoutError as error:
            raise StoreError(
                f"{connections.where.shown}: no majority of the replica set's members confirms what is written; start "
                "those that are down, or take them out of the set with rs.remove()"
            ) from error


def create(plan: Plan, connections: Connections) -> None:
    """The collections, their indexes and the notes on them; whoever does the same meanwhile does no harm."""
    make(connections, plan.indexes)
    for type_ in plan.types.values():
        note_type(connections, type_)
    connections.meta.update_one({"_id": {"$eq": LAYOUT}}, {"$set": {"step": STEP}}, upsert=True)


def make(connections: Connections, indexes: Iterable[Index]) -> None:
    """These indexes, where they aren't there yet."""
    with suppress(CollectionInvalid):  # there it is
        connections.database.create_collection(DESK)
    if models := [_model(one) for one in indexes]:
        connections.desk.create_indexes(models)


def _model(one: Index) -> IndexModel:
    more: dict[str, Any] = {"unique": True} if one.unique else {}
    if one.expires:
        more["expireAfterSeconds"] = 0
    return IndexModel(list(one.keys), name=one.name, partialFilterExpression=dict(one.only), **more)


def note_type(connections: Connections, type_: RecordType) -> None:
    """Note that every record of the type has its declared fields."""
    fields = sorted(f"{one.name} {one.kind.value}" for one in type_.fields)
    connections.meta.update_one({"_id": {"$eq": TYPE + type_.name}}, {"$set": {"fields": fields}}, upsert=True)


def check(plan: Plan, connections: Connections) -> None:
    """StoreOutdated where the database isn't what the plan needs, StoreError where it is newer."""
    with connections.telling():
        notes = {one["_id"]: one for one in connections.meta.find({})}
        newer(connections, notes)
        missing = tuple(lacking(plan, notes, connections))
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise StoreOutdated(f"{connections.where.shown} lacks {missing[0]}{more}: {UPGRADE}")


def newer(connections: Connections, notes: Mapping[str, Any]) -> None:
    """StoreError where a newer version laid the database out."""
    step = notes.get(LAYOUT, {}).get("step", 0)
    if step > STEP:
        raise StoreError(
            f"{connections.where.shown} has a layout of step {step}, this itsmkit knows {STEP}: use the newer one"
        )


def lacking(plan: Plan, notes: Mapping[str, Any], connections: Connections) -> Iterator[str]:
    """What the plan needs and the database hasn't, in words."""
    if notes.get(LAYOUT, {}).get("step", 0) < STEP:
        yield f"step {STEP} of its layout"
    for type_ in plan.types.values():
        for one in new_fields(type_, notes):
            yield f"the field {type_.name}.{one}" if TYPE + type_.name in notes else f"the type {type_.name}"
        if not type_.fields and TYPE + type_.name not in notes:
            yield f"the type {type_.name}"
        if FILLING + type_.name in notes:
            yield f"values of new fields of {type_.name}"
    there = connections.desk.index_information()
    for index in plan.indexes:
        if index.name not in there:
            yield f"the {'unique ' if index.unique else ''}index {index.name}"
        elif not alike(index, there[index.name]):
            yield f"the right index {index.name}; another one has its name"


def new_fields(type_: RecordType, notes: Mapping[str, Any]) -> tuple[str, ...]:
    """Declared fields that not every stored record of the type has."""
    known = set(notes.get(TYPE + type_.name, {}).get("fields", ()))
    return tuple(one.name for one in type_.fields if f"{one.name} {one.kind.value}" not in known)


def alike(index: Index, there: Mapping[str, Any]) -> bool:
    """Whether an index is what it must be."""
    same = [(name, int(turn)) for name, turn in there["key"]] == list(index.keys)
    only = there.get("partialFilterExpression") == index.only
    return same and only and bool(there.get("unique")) == index.unique


def _names(connections: Connections) -> list[str]:
    return connections.database.list_collection_names(filter={"name": {"$eq": DESK}})
