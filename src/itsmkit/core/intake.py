"""The first stage: store first, decide later. A message is durable before any plugin may look at it.

Two durable commits a message: the first keeps it, with a lease for whoever took it in; the second opens or joins
a ticket and ends the lease. Who dies in between leaves a lapsed lease, and a worker finishes.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from attrs import evolve

from itsmkit.core.errors import ItsmError, StoreError
from itsmkit.core.mailid import content_key
from itsmkit.core.model.event import Draft
from itsmkit.core.model.message import Message, Receipt, Received
from itsmkit.core.model.query import Scope
from itsmkit.core.model.record import Blob
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.model.unit import Done, Duplicate, Lane, Lease, Outcome, Todo, Unit
from itsmkit.core.numbers import Foretold
from itsmkit.core.reported import Kept, Plan, planned
from itsmkit.core.sealing import sealed
from itsmkit.core.setup import Setup
from itsmkit.core.text import clean

HOLD = 60
"""Seconds that a message stays leased to its receiver."""
TRIES = 8


def keep(setup: Setup, messages: Sequence[Message]) -> list[Kept | Receipt]:
    """The first commit: all the messages durable in one flush; one that was here before gives its receipt."""
    now = setup.world.now()
    messages = [_storable(message) for message in messages]
    units = [_first_unit(setup, message, now) for message in messages]
    outcomes = setup.store.commit(*units)
    return [
        _kept(setup, unit, message, outcome) for unit, message, outcome in zip(units, messages, outcomes, strict=True)
    ]


def _storable(message: Message) -> Message:
    """The message with names that every store can keep; those of files may hold anything."""
    names = {one: getattr(message, one) for one in ("channel", "mailbox", "name", "by")}
    mended: Any = {one: clean(text) for one, text in names.items()}
    return message if mended == names else evolve(message, **mended)


def _first_unit(setup: Setup, message: Message, now: datetime) -> Unit:
    digest, id_ = sha256(message.raw).hexdigest(), setup.world.new_id()
    # An alert's repeats are alike to the byte: each counts, and they fold into one ticket by its fingerprint.
    content = id_ if message.channel == "alert" else content_key(message.raw)
    received = Received(
        id=id_,
        key=f"{message.channel}:{message.mailbox}:{content}",
        channel=message.channel,
        mailbox=message.mailbox,
        name=message.name,
        by=message.by,
        at=now,
        raw=digest,
        size=len(message.raw),
    )
    draft = Draft(
        "received", message.by or "core", args={"channel": message.channel, "raw": digest, "size": received.size}
    )
    change = sealed(setup.world, None, received, (draft,), now, todos=(Todo(Lane.INTAKE, now, hold=HOLD),))
    return Unit((change,), blobs=(Blob(digest, message.raw),))


def _kept(setup: Setup, unit: Unit, message: Message, outcome: Outcome) -> Kept | Receipt:
    if isinstance(outcome, Done):
        received = unit.changes[0].after
        if isinstance(received, Received):
            return Kept(received, message, outcome.leases[0])
    if isinstance(outcome, Duplicate):
        return receipt_of(setup, outcome.id, "duplicate")
    msg = f"the message could not be kept: {outcome}"
    raise StoreError(msg)


def receipt_of(setup: Setup, received_id: str, state: str = "") -> Receipt:
    """What is known of a message by now; `state` overrides what its record says."""
    received = setup.store.get("received", received_id, Scope.system("receipt"))
    if not isinstance(received, Received):
        return Receipt(state or "kept", received_id)
    ticket = setup.store.get("ticket", received.ticket, Scope.system("receipt")) if received.ticket else None
    number = ticket.number if isinstance(ticket, Ticket) else ""
    return Receipt(state or received.state, received_id, received.ticket, number)


def finish(setup: Setup, kept: Kept) -> Receipt:
    """The second commit: open or join a ticket. Whatever stands in its way leaves the message to a worker."""
    setup.on_point("kept")
    try:
        for _ in range(TRIES):
            plan = planned(setup, kept)
            outcome = setup.store.commit(plan.unit)[0]
            if isinstance(outcome, Done):
                return plan.receipt
            current = receipt_of(setup, kept.received.id)
            if current.state != "waiting":
                return current  # a worker was faster
    except ItsmError:
        return Receipt("kept", kept.received.id)
    return Receipt("kept", kept.received.id)


def finish_many(setup: Setup, kept: Sequence[Kept]) -> list[Receipt]:
    """The second commits of a batch in one flush; those that stand in each other's way are done one by one."""
    if not kept:
        return []
    setup.on_point("kept")
    try:
        setup.numbers.reserve("T", setup.world.now().year, len(kept))
        plans = [planned(setup, one) for one in kept]
        outcomes = setup.store.commit(*(plan.unit for plan in plans))
    except StoreError:
        return [Receipt("kept", one.received.id) for one in kept]
    except ItsmError:
        return [finish(setup, one) for one in kept]
    return [
        plan.receipt if isinstance(outcome, Done) else finish(setup, one)
        for plan, outcome, one in zip(plans, outcomes, kept, strict=True)
    ]


def foreseen(setup: Setup, message: Message) -> Plan:
    """What would become of a message now; nothing is stored and no number taken."""
    now = setup.world.now()
    received = _first_unit(setup, message, now).changes[0].after
    if not isinstance(received, Received):
        raise TypeError(type(received).__name__)
    before = setup.store.get("received", f"intake:{received.key}", Scope.system("intake"))
    if before is not None:
        return Plan(Unit(), receipt_of(setup, before.id, "duplicate"))
    return _foreseen(setup, received, message)


def foreseen_of(setup: Setup, received: Received) -> Plan:
    """What would become now of a message that is kept and not finished; nothing is stored and no number taken."""
    return _foreseen(setup, received, _message(setup, received))


def _foreseen(setup: Setup, received: Received, message: Message) -> Plan:
    trial, now = evolve(setup, numbers=Foretold(setup.store, setup.world)), setup.world.now()
    return planned(trial, Kept(received, message, Lease(Lane.INTAKE, "received", received.id, "", now, now, 1)))


def left_behind(setup: Setup, lease: Lease) -> Kept | None:
    """A message whose receiver died, read back for whoever holds its lease now; None where it is finished."""
    received = setup.store.get("received", lease.id, Scope.system("intake"))
    if not isinstance(received, Received) or received.state != "waiting":
        return None
    return Kept(received, _message(setup, received), lease)


def _message(setup: Setup, received: Received) -> Message:
    blob = setup.store.blob(received.raw, Scope.system("intake"))
    raw = blob.data if blob else b""
    return Message(raw, received.channel, received.mailbox, received.name, received.by)
