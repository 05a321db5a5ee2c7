"""Lanes: leasing what is due, ending leases, looking at what stands there."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from pymongo import DeleteOne, UpdateOne

from itsmkit import LAPSES, Lane, LaneView, Lease, Settle, Standing, from_ms, instant, settled, slot, to_ms
from itsmkit_store_mongo.layout import Doc, held, standing, texts, within

BY_DUE = (("todo.due", 1), ("todo.id", 1), ("todo.part", 1))
BY_PLACE = (("todo.type", 1), ("todo.id", 1), ("todo.part", 1))

Step = DeleteOne | UpdateOne


def due(lane: Lane, now: datetime) -> Doc:
    """Todos that can be leased."""
    free = [{"todo.leased": {"$eq": False}}, {"todo.until": {"$lte": to_ms(now)}}]
    return {**_waiting(lane), "todo.due": {"$lte": to_ms(now)}, "$or": free}


def _waiting(lane: Lane) -> Doc:
    return {"todo.lane": {"$eq": lane.value}, "todo.parked": {"$eq": False}}


def lease(desk: Any, lane: Lane, hold: int, limit: int, now: datetime) -> tuple[Lease, ...]:
    """Claim what is due, soonest first; park what lapsed too often on the way.

    No transaction: each todo is claimed by one atomic step, and those that another worker took meanwhile answer no
    more. A token tells which ones are ours.
    """
    taken: list[Lease] = []
    while len(taken) < limit:
        wanted = limit - len(taken)
        ids = [one["_id"] for one in desk.find(due(lane, now), {"_id": 1}).sort(BY_DUE).limit(wanted)]
        if not ids:
            break
        token = uuid4().hex
        claimable = {"_id": {"$in": ids}, **due(lane, now)}
        desk.update_many(claimable, claim(token, now + timedelta(seconds=hold)))
        mine = desk.find({"_id": {"$in": ids}, "todo.token": {"$eq": token}}, {"todo": 1})
        taken += [standing(one["todo"]).lease for one in mine]
        if len(ids) < wanted or hold <= 0:
            break
    return tuple(sorted(taken, key=lambda one: (one.due, one.id, one.part)))


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
