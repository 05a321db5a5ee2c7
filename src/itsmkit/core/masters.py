"""What is told of a master incident reaches the tickets linked to it: chunk by chunk, one unit a ticket (INC-20).

A public word of the desk on the master is one on each linked ticket that is open; the master's resolution resolves
those that are still at work, and each requester is asked for themselves whether it is solved. A ticket that comes back
is at work again, by itself; its master, if it stands ready to close, waits for it.
"""

from functools import partial
from types import MappingProxyType

from itsmkit.core.access import words_to_requester
from itsmkit.core.assigning import AT_WORK
from itsmkit.core.following import FOLLOWING, command_of, each, resolves, ticket_unit
from itsmkit.core.model.cascade import Cascade
from itsmkit.core.model.event import PUBLIC, Draft, Event
from itsmkit.core.model.query import Op, Query, Test
from itsmkit.core.model.record import revised
from itsmkit.core.model.ticket import Status, Ticket
from itsmkit.core.model.unit import Lane, Lease, Settle, Todo, Unit
from itsmkit.core.sealing import sealed
from itsmkit.core.setup import Setup
from itsmkit.core.triage import linked_at_work
from itsmkit.core.verb import Effect

CHUNK = 100
"""So many linked tickets are told under one lease, in one durable flush."""
PART = "1-1"
"""A cascade stands on its lane once, however far it has come."""
_OPEN = tuple(str(one) for one in Status if one is not Status.CLOSED)
_BY_MASTER = MappingProxyType({"IM4.6": "yes", "IM4.7": "no"})
"""The work was verified on the master, and what caused it is looked for there."""


# from the master's event


def follows(setup: Setup, ticket: Ticket, event: Event) -> None:
    """Begin what an event of a ticket means for its linked tickets, or for a master that stands ready to close."""
    if event.why.get("linked") or (ticket.linked and resolves(event)):
        _begin(setup, ticket, event)
    if ticket.linked:
        # The last of the linked tickets may have been done just while this one came to stand there.
        each(setup, (ticket,), partial(_looked_at_again, setup, event))
    number = event.args.get("from") if event.code == "unlink-master" else resolves(event) and ticket.master
    master = setup.store.get("ticket", f"number:{number}", FOLLOWING) if number else None
    if isinstance(master, Ticket):
        each(setup, (master,), partial(_looked_at_again, setup, event))


def _begin(setup: Setup, master: Ticket, event: Event) -> None:
    now = setup.world.now()
    cascade = Cascade(id=command_of(event, master), about=master.id, number=master.number, event=event.seq)
    todo = Todo(Lane.NEWS, now, PART)
    # Where it was begun before, the store keeps that one and refuses this.
    setup.store.commit(Unit((sealed(setup.world, None, cascade, (Draft("begun", "core"),), now, todos=(todo,)),)))


def _looked_at_again(setup: Setup, cause: Event, master: Ticket) -> Unit | None:
    step = setup.processes[master.process].steps.get(master.step)
    if step is None or "ticket" not in step.holds or linked_at_work(setup.store, master, FOLLOWING):
        return None
    return ticket_unit(setup, master, Effect(jump=master.step), Draft("linked_done", "core", master.step), cause)


# to the linked tickets


def carried_on(setup: Setup, lease: Lease) -> int:
    """Tell some more of the linked tickets, and note how far it has come; how many were told."""
    cascade = setup.store.get(lease.type, lease.id, FOLLOWING)
    if not isinstance(cascade, Cascade) or cascade.done:
        setup.store.settle(Settle(lease))
        return 0
    event = next(iter(setup.store.history("ticket", cascade.about, FOLLOWING, cascade.event - 1, 1)), None)
    master = setup.store.get("ticket", cascade.about, FOLLOWING)
    linked = (Test("master", value=cascade.number), Test("status", Op.ANY_OF, _OPEN))
    page = setup.store.find(Query("ticket", linked), FOLLOWING, cascade.after or None, CHUNK)
    tickets = [one for one in page.items if isinstance(one, Ticket)]
    told = 0
    if event is not None and isinstance(master, Ticket):
        told = each(setup, tickets, partial(_told, setup, master, event))
    setup.on_point("linked tickets told")
    after = revised(cascade, after=page.after or "", told=cascade.told + told, done=page.after is None)
    # At the time of its cause: what was said first is told first.
    todos = () if after.done else (Todo(Lane.NEWS, lease.due, PART),)
    draft = Draft("told_on", "core", args={"told": told})
    change = sealed(setup.world, cascade, after, (draft,), setup.world.now(), todos=todos)
    setup.store.commit(Unit((change,), settles=(Settle(lease),)))
    return told


def _told(setup: Setup, master: Ticket, event: Event, ticket: Ticket) -> Unit | None:
    """The same as if the desk had said it on the linked ticket; of which master is nobody else's business."""
    now = setup.world.now()
    told = {"told": now, "responded": ticket.responded or now}
    why = {"master": master.number, "event": event.seq}
    if not resolves(event):
        audience = words_to_requester(ticket, None)
        first = Draft(event.code, event.by, ticket.step, why=why, personal=event.personal or {}, audience=audience)
        return ticket_unit(setup, ticket, Effect(told), first, event) if event.personal else None
    if master.resolved is None or ticket.status not in AT_WORK:
        return None  # the master came back, or the ticket was solved before it
    changes = {"solution": master.solution, "workaround": master.workaround, "agreed": True, "waits": (), **told}
    args, personal = {"workaround": master.workaround}, {"solution": master.solution}
    first = Draft("resolve", event.by, ticket.step, args=args, why=why, personal=personal, audience=PUBLIC)
    return ticket_unit(setup, ticket, Effect(changes, _BY_MASTER, jump="IM4.6"), first, event)
