"""The third stage: from events to notices to deliveries; each step leased, each notice once (design §4)."""

from collections.abc import Iterable
from copy import deepcopy
from datetime import timedelta
from hashlib import sha256
from typing import Any

from attrs import frozen

from itsmkit.core.codec import canonical
from itsmkit.core.mailid import message_id
from itsmkit.core.model.event import Draft, Event
from itsmkit.core.model.notice import NotDelivered, Notice, NoticeDraft, Sent
from itsmkit.core.model.party import Person
from itsmkit.core.model.query import Scope
from itsmkit.core.model.record import revised
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.model.unit import FENCE_STEP, Done, Lane, Lease, Settle, Todo, Unit
from itsmkit.core.people import everything
from itsmkit.core.plugins import a
from itsmkit.core.sealing import sealed
from itsmkit.core.setup import Setup
from itsmkit.core.text import clean

TRIES = 12
FIRST_PAUSE, LONGEST_PAUSE = 30, 3600
NEWS_TRIES = 3
NEWS_AGAIN = timedelta(minutes=5)


def relay(setup: Setup, lease: Lease) -> int:
    """Turn the events of one commit into notices; how many there came to be.

    Notices are named after event, rule, recipient and channel, so that a second run makes none anew.
    """
    ticket = setup.store.get(lease.type, lease.id, Scope.system("relay"))
    if not isinstance(ticket, Ticket):
        setup.store.settle(Settle(lease))
        return 0
    first, _, last = lease.part.partition("-")
    events = setup.store.history(
        lease.type, lease.id, Scope.system("relay"), int(first) - 1, int(last) - int(first) + 1
    )
    made: list[Notice] = []
    faulty = False
    for event in events:
        heard = setup.plugins.every("itsmkit_notify", a(NoticeDraft, _plain), event=event, record=ticket)
        faulty |= bool(heard.faults)
        for _, draft in heard.answer:
            made += _notices(setup, ticket, event, draft)
    fresh = {one.id: one for one in made if setup.store.get("notice", one.id, Scope.system("relay")) is None}
    again = setup.world.now() + NEWS_AGAIN if faulty and not _tried(lease) else None
    units = [_queued(setup, notice) for notice in fresh.values()]
    outcomes = setup.store.commit(*units, Unit(settles=(Settle(lease, again),)))
    return sum(isinstance(one, Done) for one in outcomes[:-1])


def _plain(draft: NoticeDraft) -> str:
    """A notice is stored and goes to somebody: plain JSON values as arguments, a recipient that can be looked up."""
    if draft.to != "requester" and not draft.to.startswith(("person:", "team:", "role:")):
        return f"to {draft.to!r} is none of requester, person:, team: and role:"
    try:
        canonical(dict(draft.args)).encode()
    except (TypeError, ValueError, RecursionError) as fault:
        return f"args can't be kept: {fault}"
    return ""


def _tried(lease: Lease) -> bool:
    # A lease's fence counts its claims: a plugin that keeps failing is asked a few times, then the news rests.
    return lease.fence % FENCE_STEP >= NEWS_TRIES


def _queued(setup: Setup, notice: Notice) -> Unit:
    """The unit that queues a notice; the store refuses a second one of that id."""
    waits = notice.state == "waiting"
    draft = Draft("queued" if waits else notice.state, "core", args={"rule": notice.rule, "event": notice.event})
    todos = (Todo(Lane.POST, notice.queued),) if waits else ()
    change = sealed(setup.world, None, notice, (draft,), notice.queued, todos=todos)
    return Unit((change,))


def _notices(setup: Setup, ticket: Ticket, event: Event, draft: NoticeDraft) -> Iterable[Notice]:
    """One notice a recipient; a role or team with nobody in it gives a dead one, so that somebody notices."""
    found = recipients(setup, ticket, draft.to)
    if draft.to.startswith(("role:", "team:")):
        if not found:
            yield _notice(setup, ticket, event, draft, draft.to, state="dead", error="nobody is there to be told")
        found = tuple(one for one in found if one != event.by)  # who did it knows
    for recipient in found:
        yield _notice(setup, ticket, event, draft, recipient)


def _notice(setup: Setup, ticket: Ticket, event: Event, draft: NoticeDraft, recipient: str, **more: Any) -> Notice:
    secret, domain = setup.secret, setup.site.domain
    name = f"{event.digest}\n{draft.rule}\n{recipient}\n{draft.channel}"
    id_ = sha256(name.encode()).hexdigest()[:32]
    return Notice(
        id=id_,
        reach=ticket.reach,
        about=ticket.id,
        number=ticket.number,
        event=event.seq,
        rule=draft.rule,
        recipient=recipient,
        channel=draft.channel,
        template=draft.template,
        args={name: clean(one) if isinstance(one, str) else one for name, one in draft.args.items()},
        queued=setup.world.now(),
        message_id=message_id(ticket.number, id_, secret, domain),
        references=tuple(filter(None, (ticket.message_id, message_id(ticket.number, "thread", secret, domain)))),
        **more,
    )


def recipients(setup: Setup, ticket: Ticket, to: str) -> tuple[str, ...]:
    """The recipients that an address of a notice draft stands for: persons, a team's mailbox, the reporter."""
    kind, _, name = to.partition(":")
    if kind == "requester":
        if ticket.requester:
            return (f"person:{ticket.requester}",)
        return (f"contact:{ticket.contact.mail}",) if ticket.contact.mail else ()
    if kind == "team":
        team = setup.site.team(name)
        if team is None:
            return ()
        return (to,) if team.mail else tuple(f"person:{one.id}" for one in people(setup) if name in one.teams)
    if kind == "role":
        role = (setup.organisation.reporting_line(name, ticket) if setup.organisation else "") or name
        return tuple(f"person:{one.id}" for one in people(setup) if role in one.roles)
    return (to,) if kind == "person" and name else ()


def people(setup: Setup) -> Iterable[Person]:
    """Everybody of the site who is active."""
    return (one for one in everything(setup.store, "person") if isinstance(one, Person) and one.active)


@frozen
class Address:
    """Where a notice goes, in which language, or why it doesn't."""

    to: str = ""
    language: str = ""
    dropped: str = ""


def address(setup: Setup, notice: Notice, ticket: Ticket) -> Address | None:
    """Resolve the recipient now, and drop the notice where they may not see the record any more.

    None where no organisation model can say who may see what.
    """
    kind, _, name = notice.recipient.partition(":")
    language = setup.site.language
    if kind == "contact":
        return Address(name, ticket.language or language)
    if kind == "team":
        team = setup.site.team(name)
        return Address(team.mail, language) if team and team.mail else Address(dropped="the team has no mailbox")
    person = setup.store.get("person", name, Scope.system("post"))
    if not isinstance(person, Person) or not person.active:
        return Address(dropped="no such person any more")
    scope = setup.ask_model(lambda model: model.scope(person), a(Scope)).answer
    return None if scope is None else _of_person(person, ticket, scope, language)


def _of_person(person: Person, ticket: Ticket, scope: Scope, language: str) -> Address:
    if not scope.sees(ticket.reach):
        return Address(dropped="may not see the ticket")
    if not person.mails:
        return Address(dropped="has no address")
    return Address(person.mails[0], person.language or language)


def post(setup: Setup, lease: Lease) -> str:
    """Deliver one notice: "sent", "waiting" for another try, "dead", "dropped", or "late" where the lease was lost."""
    notice = setup.store.get("notice", lease.id, Scope.system("post"))
    if not isinstance(notice, Notice) or notice.state != "waiting":
        setup.store.settle(Settle(lease))
        return "gone"
    ticket = setup.store.get("ticket", notice.about, Scope.system("post"))
    if not isinstance(ticket, Ticket):
        return _posted(setup, lease, notice, "dropped", "its ticket can't be read")
    where = address(setup, notice, ticket)
    if where is None:
        setup.store.settle(Settle(lease, setup.world.now() + NEWS_AGAIN))
        return "waiting"
    if where.dropped:
        return _posted(setup, lease, notice, "dropped", where.dropped)
    ready = revised(notice, address=where.to, language=where.language)
    setup.on_point("before delivery")
    heard = setup.plugins.first("itsmkit_deliver", a(Sent), notice=revised(ready, args=deepcopy(ready.args)))
    setup.on_point("after delivery")
    if isinstance(heard.answer, Sent):
        return _posted(setup, lease, ready, "sent", heard.answer.reply)
    refusal = heard.answer if isinstance(heard.answer, NotDelivered) else None
    error = str(refusal) if refusal else next((one.detail for one in heard.faults), "no plugin delivers this channel")
    permanent = (refusal is not None and refusal.permanent) or notice.tries + 1 >= TRIES
    return _posted(setup, lease, ready, "dead" if permanent else "waiting", error)


def _posted(setup: Setup, lease: Lease, notice: Notice, state: str, said: str) -> str:
    now = setup.world.now()
    tries = notice.tries + (state != "dropped")
    after = revised(
        notice,
        state=state,
        tries=tries,
        sent=now if state == "sent" else None,
        error="" if state == "sent" else clean(said)[:500],
    )
    before = setup.store.get("notice", notice.id, Scope.system("post"))
    draft = Draft(
        {"waiting": "failed"}.get(state, state), "core", args={"tries": tries}, personal={"said": clean(said)[:500]}
    )
    again = now + timedelta(seconds=pause(tries)) if state == "waiting" else None
    change = sealed(setup.world, before if isinstance(before, Notice) else notice, after, (draft,), now)
    outcome = setup.store.commit(Unit((change,), settles=(Settle(lease, again),)))[0]
    return state if isinstance(outcome, Done) else "late"


def pause(tries: int) -> int:
    """Seconds until the next try after so many: doubling, at most an hour."""
    return int(min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE))
