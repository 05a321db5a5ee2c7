"""The course of a commit: write what is hoped, and where it isn't so, read, decide and write what may be.

Mostly nothing stands in a unit's way: then its writes are the proof, and what touches one document needs no
transaction. Else one transaction reads all that the units rest on, decides them by a pure function, and writes.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from attrs import evolve
from pymongo import timeout
from pymongo.read_concern import ReadConcern

from itsmkit import (
    Conflict,
    Done,
    Erase,
    Event,
    Lease,
    Outcome,
    Record,
    Ref,
    Scope,
    Seen,
    Settle,
    Standing,
    StoreError,
    Unit,
    decide,
    expected,
    from_ms,
    slot,
)
from itsmkit_store_mongo import lanes, reading, schema
from itsmkit_store_mongo.connections import Again, Connections, Refuted, Unsure, pauses, unsure
from itsmkit_store_mongo.layout import command_id, held, record_id, standing, texts, todo_id
from itsmkit_store_mongo.plan import Plan
from itsmkit_store_mongo.questions import HEADER
from itsmkit_store_mongo.writing import (
    Ready,
    Step,
    command_step,
    forsaken,
    in_rows,
    prepare,
    shared,
    todo_steps,
    unit_steps,
)

Outcomes = tuple[Outcome, ...]


def commit(plan: Plan, connections: Connections, units: Sequence[Unit]) -> Outcomes:
    """Each unit's outcome, all of them durable together."""
    ready = [prepare(plan, unit) for unit in units]
    if not ready:
        return ()
    hopeful = all(one.plain for one in ready)
    waits = pauses(connections.settings.patience)
    while True:
        try:
            return _hoped(connections, ready) if hopeful else _decided(plan, connections, ready)
        except Refuted:
            if not hopeful and not connections.waited(waits):
                raise _busy(connections) from None
        except Again:
            if not connections.waited(waits):
                raise _busy(connections) from None
        except Unsure as error:
            outcomes: Outcomes = error.args[0]
            if _landed(connections, ready, outcomes):
                return outcomes
        hopeful = False


def _busy(connections: Connections) -> StoreError:
    return StoreError(
        f"{connections.where.shown}: other writers were in the way for {connections.settings.patience:g} seconds; "
        "nothing was written; try again"
    )


# what is hoped


def _hoped(connections: Connections, ready: Sequence[Ready]) -> Outcomes:
    """Write the units as if all that they expect were so; Refuted where it isn't."""
    course = _Course(_wished(ready), connections.now())
    outcomes = course.decide(ready)
    if not all(isinstance(one, Done) and not one.repeated for one in outcomes):
        raise Refuted
    steps = [step for one, outcome in _done(ready, outcomes) for step in course.steps(one, outcome)]
    steps += course.todo_steps(ready, outcomes)
    with _telling(outcomes):
        if len(steps) == 1:
            if not connections.alone(steps[0].write):
                raise Refuted
        elif steps:
            with connections.transaction() as session:
                _write(connections.desk, session, steps)
    return outcomes


def _wished(ready: Sequence[Ready]) -> Seen:
    """What the units expect to be there, as if it had been read."""
    seen = Seen()
    for one in ready:
        for type_, id_, version in expected(one.unit):
            seen.versions.setdefault((type_, id_), version)
        for settle in one.unit.settles:
            seen.todos[slot(settle.lease)] = Standing(settle.lease, leased=True)
    return seen


@contextmanager
def _telling(outcomes: Sequence[Outcome]) -> Iterator[None]:
    """Puts the outcomes that were to be told into an `Unsure`, for whoever finds out that they are so."""
    try:
        yield
    except Unsure as error:
        error.args = (tuple(outcomes),)
        raise


class _Course:
    """What a batch rests on and what it makes of it: `seen` moves on, what was there before is remembered."""

    def __init__(self, seen: Seen, now: datetime) -> None:
        self._seen, self._now = seen, now
        self._before, self._noted = dict(seen.todos), frozenset(seen.commands)

    def decide(self, ready: Sequence[Ready]) -> Outcomes:
        """The outcome of each unit, in order."""
        return tuple(decide(self._seen, one.unit, one.deltas, self._now) for one in ready)

    def steps(self, one: Ready, outcome: Done) -> list[Step]:
        """The steps of a unit that is done, but for its todos."""
        steps, command = list(unit_steps(one, self._seen.moved)), one.unit.command
        if command:
            steps.append(command_step(command, outcome.refs, self._now, outworn=command in self._noted))
        return steps

    def todo_steps(self, ready: Sequence[Ready], outcomes: Sequence[Outcome]) -> list[Step]:
        """The steps that move the todos of all units that are done."""
        changes = [change for one, _ in _done(ready, outcomes) for change in one.unit.changes]
        born = {(one.after.type, one.after.id) for one in changes if one.before is None}
        return list(todo_steps(self._before, self._seen.moved, born))


def _done(ready: Sequence[Ready], outcomes: Sequence[Outcome]) -> Iterator[tuple[Ready, Done]]:
    """The units to be written."""
    for one, outcome in zip(ready, outcomes, strict=True):
        if isinstance(outcome, Done) and not outcome.repeated:
            yield one, outcome


def _write(desk: Any, session: Any, steps: Sequence[Step]) -> None:
    """Make the steps; Refuted where one that must meet a document met none."""
    for row in in_rows(steps):
        met = desk.bulk_write([one.write for one in row], session=session)
        if row[0].must and met.matched_count + met.upserted_count + met.deleted_count != len(row):
            raise Refuted


# what is read and decided


def _decided(plan: Plan, connections: Connections, ready: Sequence[Ready]) -> Outcomes:
    """Read all that the units rest on, decide them, write those that are done: one moment, all or nothing."""
    desk, outcomes = connections.desk, list[Outcome]()
    with _telling(outcomes), connections.transaction() as session:
        course = _Course(_read(desk, session, ready), connections.now())
        bare = course.decide(ready)
        outcomes += _told(plan, desk, session, ready, bare)
        waiting: list[Step] = []
        for one, outcome in _done(ready, outcomes):
            steps = course.steps(one, outcome)
            if one.drops:
                _write(desk, session, waiting)  # so that bytes are found that the batch itself brought
                waiting = _dropped(desk, session, one, steps)
            else:
                waiting += steps
        _write(desk, session, waiting + course.todo_steps(ready, outcomes))
    return tuple(outcomes)


def _read(desk: Any, session: Any, ready: Sequence[Ready]) -> Seen:
    """What there is of what the units rest on."""
    units = [one.unit for one in ready]
    records = {record_id(*one[:2]): one[:2] for unit in units for one in expected(unit)}
    slots = {todo_id(at): at for unit in units for settle in unit.settles for at in [slot(settle.lease)]}
    commands = {command_id(unit.command): unit.command for unit in units if unit.command}
    wanted = {"version": 1, "todo": 1, "at": 1, "refs": 1}
    seen = Seen()
    ids = sorted({*records, *slots, *commands})
    for doc in desk.find({"_id": {"$in": ids}}, wanted, session=session) if ids else ():
        at = doc["_id"]
        if at in records:
            seen.versions[records[at]] = doc.get("version", 0)
        if at in slots and "todo" in doc:
            found = standing(doc["todo"])
            seen.todos[slot(found.lease)] = found
        if at in commands:
            seen.commands[commands[at]] = (from_ms(doc["at"]), tuple(Ref(*one) for one in json.loads(doc["refs"])))
    if keys := texts({key for one in ready for different in one.deltas for key in different.keys}):
        for doc in desk.find({"keys": {"$in": keys}}, {"keys": 1, "type": 1}, session=session):
            place = (doc["type"], reading.own_id(doc["type"], doc))
            seen.holders |= dict.fromkeys(doc["keys"], place)
    return seen


def _told(plan: Plan, desk: Any, session: Any, ready: Sequence[Ready], bare: Outcomes) -> Outcomes:
    """The outcomes, conflicts with what is there now and what was missed; units of the batch before count."""
    told: list[Outcome] = []
    earlier: list[Unit] = []
    for one, outcome in zip(ready, bare, strict=True):
        if isinstance(outcome, Conflict):
            told.append(_conflict(plan, desk, session, outcome, earlier))
            continue
        told.append(outcome)
        if isinstance(outcome, Done) and not outcome.repeated:
            earlier.append(one.unit)
    return tuple(told)


def _conflict(plan: Plan, desk: Any, session: Any, bare: Conflict, earlier: Sequence[Unit]) -> Conflict:
    at = (bare.type, bare.id)
    doc = desk.find_one({"_id": {"$eq": record_id(*at)}}, HEADER | {"events": 1}, session=session)
    record = reading.view(plan.of(bare.type), doc, Scope.system("conflict")) if doc else None
    missed = list(reading.events(desk, session, at, doc, bare.expected)) if doc else []
    for unit in earlier:
        for one in unit.changes:
            if (one.after.type, one.after.id) == at:
                record = one.after
                missed += [event for event in one.events if event.seq > bare.expected]
        for erase in unit.erases:
            if (erase.type, erase.id) == at:
                missed = [_erased(event, erase) for event in missed]
    return evolve(bare, record=record if isinstance(record, Record) else None, missed=tuple(missed))


def _erased(event: Event, erase: Erase) -> Event:
    """The event as the erasure leaves it."""
    reached = erase.upto is None or event.seq <= erase.upto
    return evolve(event, personal=None, personal_text="", salt="") if reached else event


def _dropped(desk: Any, session: Any, one: Ready, steps: list[Step]) -> list[Step]:
    """Make the steps of a unit that drops bytes; what is to be done then for those that nobody else names, or do."""
    drops = sorted(one.drops)
    own = {digest: reading.own_bytes(desk, session, digest) for digest in drops}
    _write(desk, session, steps)
    left: list[Step] = []
    for digest in drops:
        named = desk.find_one({"files": {"$eq": digest}}, {"_id": 1}, session=session)
        left += shared(digest, own[digest]) if named else forsaken(digest)
    return left


# what isn't known


def _landed(connections: Connections, ready: Sequence[Ready], outcomes: Outcomes) -> bool:
    """Whether the batch was written though nobody said so: its events are there, sealed as they were."""
    units = [one.unit for one, _ in _done(ready, outcomes)]
    change = next((change for unit in units for change in unit.changes), None)
    if change is None:
        settle = next((settle for unit in units for settle in unit.settles), None)
        if settle is not None and _stands(connections, settle.lease):
            return False
        raise unsure(connections.where)
    at, last = (change.after.type, change.after.id), change.after.version
    newest = _newest(connections)
    try:
        with connections.telling(), timeout(connections.settings.patience):
            record = newest.find_one({"_id": {"$eq": record_id(*at)}}, {"events": 1})
            found = reading.events(newest, None, at, record, last - 1) if record else iter(())
            landed = next((one.digest for one in found), "") == change.after.head
            if landed:
                schema.majority(connections)
            return landed
    except StoreError as error:
        raise unsure(connections.where) from error


def _newest(connections: Connections) -> Any:
    """The collection as the primary has it, be it confirmed by a majority or not: what isn't there wasn't written."""
    return connections.desk.with_options(read_concern=ReadConcern("local"))


def settle(connections: Connections, one: Settle) -> bool:
    """End a lease without a change; whether it was its holder's still."""
    waits = pauses(connections.settings.patience)
    while True:
        try:
            return bool(connections.alone(lanes.end(one)))
        except Again:
            pass
        except Unsure as error:
            if not _stands(connections, one.lease):
                raise unsure(connections.where) from error
        if not connections.waited(waits):
            raise _busy(connections)


def _stands(connections: Connections, lease: Lease) -> bool:
    """Whether the lease is its holder's still."""
    try:
        with connections.telling(), timeout(connections.settings.patience):
            return _newest(connections).find_one(held(lease), {"_id": 1}) is not None
    except StoreError as error:
        raise unsure(connections.where) from error
