"""Lanes: leasing what is due, ending leases, looking at what stands there."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from pymongo import DeleteOne, UpdateOne, timeout
from pymongo.errors import PyMongoError

from itsmkit import LAPSES, Lane, LaneView, Lease, Settle, Standing, from_ms, instant, settled, slot, to_ms
from itsmkit_store_mongo.connections import Again, Connections, Unsure
from itsmkit_store_mongo.layout import Doc, held, standing, texts, within

BY_DUE = (("todo.due", 1), ("todo.id", 1), ("todo.part", 1))
BY_PLACE = (("todo.type", 1), ("todo.id", 1), ("todo.part", 1))
LOCKED = 1.0
"""Seconds that a claim waits for documents which others are writing, before it passes over them."""

Step = DeleteOne | UpdateOne


def due(lane: Lane, now: datetime) -> Doc:
    """Todos that can be leased."""
    free = [{"todo.leased": {"$eq": False}}, {"todo.until": {"$lte": to_ms(now)}}]
    return {**_waiting(lane), "todo.due": {"$lte": to_ms(now)}, "$or": free}


def _waiting(lane: Lane) -> Doc:
    return {"todo.lane": {"$eq": lane.value}, "todo.parked": {"$eq": False}}


def lease(connections: Connections, lane: Lane, hold: int, limit: int, now: datetime) -> tuple[Lease, ...]:
    """Claim what is due, soonest first; park what lapsed too often on the way; pass over what a transaction holds.

    No transaction: each todo is claimed by one atomic step, and those that another worker took meanwhile answer no
    more. A token tells which ones are ours.
    """
    desk, free = connections.desk, due(lane, now)
    taken: list[Lease] = []
    busy: list[str] = []
    while len(taken) < limit:
        wanted = limit - len(taken)
        others = {"_id": {"$nin": busy}} if busy else {}
        ids = [one["_id"] for one in desk.find(free | others, {"_id": 1}).sort(BY_DUE).limit(wanted)]
        if not ids:
            break
        token = uuid4().hex
        busy += _claim(connections, ids, free, claim(token, now + timedelta(seconds=hold)))
        mine = desk.find({"_id": {"$in": ids}, "todo.token": {"$eq": token}}, {"todo": 1})
        taken += [standing(one["todo"]).lease for one in mine]
        if len(ids) < wanted or hold <= 0:
            break
    return tuple(sorted(taken, key=lambda one: (one.due, one.id, one.part)))


def _claim(connections: Connections, ids: list[str], free: Doc, step: list[Doc]) -> list[str]:
    """Claim those of them that are free; the ids of those that a transaction holds.

    A transaction whose client died holds its documents for a minute, and a plain write would wait for them.
    """
    try:
        with timeout(min(LOCKED, connections.settings.patience)):
            connections.desk.update_many({"_id": {"$in": ids}, **free}, step)
    except PyMongoError as error:
        if not error.timeout:
            raise
        connections.end_orphans()
        return _claim_apart(connections, ids, free, step)
    return []


def _claim_apart(connections: Connections, ids: list[str], free: Doc, step: list[Doc]) -> list[str]:
    """The same by transactions, which wait for nobody, halved until they hold only what is free."""
    try:
        with suppress(Unsure), connections.transaction() as session:  # the token tells what was done
            connections.desk.update_many({"_id": {"$in": ids}, **free}, step, session=session)
    except Again:
        half = len(ids) // 2
        return (
            ids
            if not half
            else [one for some in (ids[:half], ids[half:]) for one in _claim_apart(connections, some, free, step)]
        )
    return []


def claim(token: str, until: datetime) -> list[Doc]:
    """The step that leases a todo, or parks it where this would be one lapse too many."""
    lapses: Doc = {"$add": ["$todo.lapses", {"$cond": ["$todo.leased", 1, 0]}]}
    return [
        {"$set": {"todo.lapses": lapses}},
        {"$set": {"todo.parked": {"$gte": ["$todo.lapses", LAPSES]}}},
        {
            "$set": {
                "todo.leased": {"$not": "$todo.parked"},
                "todo.fence": {"$cond": ["$todo.parked", "$todo.fence", {"$add": ["$todo.fence", 1]}]},
                "todo.until": {"$cond": ["$todo.parked", "$todo.until", to_ms(until)]},
                "todo.token": {"$cond": ["$todo.parked", "", token]},
            }
        },
    ]


def end(one: Settle) -> Step:
    """The step that ends a lease; it meets nothing where the lease is its holder's no more."""
    left = settled(Standing(one.lease, leased=True), one)
    if left is None and not within(slot(one.lease)):
        return DeleteOne(held(one.lease))
    if left is None:
        return UpdateOne(held(one.lease), {"$unset": {"todo": ""}})
    if one.again is None:
        # The due that the store holds counts, not the one that the holder remembers.
        return UpdateOne(held(one.lease), {"$set": _ended(parked=one.parked)})
    return UpdateOne(held(one.lease), {"$set": {"todo.due": to_ms(instant(one.again)), **_ended(parked=one.parked)}})


def _ended(*, parked: bool) -> Doc:
    return {"todo.leased": False, "todo.parked": bool(parked), "todo.lapses": 0}


def peek(desk: Any, lane: Lane, limit: int, session: Any) -> LaneView:
    """How the lane stands."""
    waiting = desk.count_documents(_waiting(lane), session=session)
    soonest = desk.find_one(_waiting(lane), {"todo.due": 1}, sort=BY_DUE, session=session)
    parked = {"todo.lane": {"$eq": lane.value}, "todo.parked": {"$eq": True}}
    found = desk.find(parked, {"todo": 1}, session=session).sort(BY_DUE).limit(limit) if limit > 0 else ()
    leases = tuple(standing(one["todo"]).lease for one in found)
    return LaneView(waiting, from_ms(soonest["todo"]["due"]) if soonest else None, leases)


def todos(desk: Any, lane: Lane, after: tuple[str, str, str], limit: int, session: Any) -> tuple[Standing, ...]:
    """Every todo of the lane behind that place."""
    if limit <= 0:
        return ()
    found: list[Doc] = []
    for behind in stretches_behind(after):
        if len(found) < limit:
            wanted = {"todo.lane": {"$eq": lane.value}, **behind}
            found += desk.find(wanted, {"todo": 1}, session=session).sort(BY_PLACE).limit(limit - len(found))
    return tuple(standing(one["todo"]) for one in found)


def stretches_behind(after: tuple[str, str, str]) -> tuple[Doc, ...]:
    """What comes behind a place, in stretches that the index reads in order."""
    type_, id_, part = texts(after)
    same_type, same_id = {"todo.type": {"$eq": type_}}, {"todo.id": {"$eq": id_}}
    return (
        {**same_type, **same_id, "todo.part": {"$gt": part}},
        {**same_type, "todo.id": {"$gt": id_}},
        {"todo.type": {"$gt": type_}},
    )
