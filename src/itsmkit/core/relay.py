"""The third stage, first half: from events to notices; each once, at the time and by the way its recipient wants it."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any

from attrs import define, field

from itsmkit.core import announcing, masters, promising
from itsmkit.core.codec import canonical
from itsmkit.core.errors import ItsmError, NewerShape, StoreError
from itsmkit.core.flushing import flushed
from itsmkit.core.leased import Read, together
from itsmkit.core.mailid import loop_mark, message_id
from itsmkit.core.model.announcement import Announcement
from itsmkit.core.model.change import ChangeRequest
from itsmkit.core.model.child import Child
from itsmkit.core.model.event import Draft, Event
from itsmkit.core.model.notice import Channel, Notice, NoticeDraft
from itsmkit.core.model.party import Person
from itsmkit.core.model.query import Scope
from itsmkit.core.model.record import revised
from itsmkit.core.model.referral import Referral
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.model.unit import FENCE_STEP, Conflict, Done, Duplicate, Lane, Lease, Outcome, Settle, Todo, Unit
from itsmkit.core.notice_rules import DIGESTS, GROUP, NAMED, NOT_TOLD, REQUESTER, SUBSCRIBERS, drafts_by_rules
from itsmkit.core.plugins import Heard, a
from itsmkit.core.recipients import by_hand, people, recipients, told_already, wanted
from itsmkit.core.sealing import sealed
from itsmkit.core.setup import Setup
from itsmkit.core.text import clean
from itsmkit.core.watching import change_over

log = logging.getLogger("itsmkit")
NEWS_TRIES = 3
NEWS_AGAIN = timedelta(minutes=5)
TRIES = 8
MOST_HOPS = 5
"""A mail of ours that led back to us so often is answered no more."""
DIGEST, DESK = "digest", "DESK"
"""The rule and template of what collects notices; what stands for a ticket's number where there isn't one."""


def relay(setup: Setup, leases: Sequence[Lease], *, enough: Callable[[], bool] = lambda: False) -> int:
    """Turn the events of these commits into notices, in one durable flush; how many there came to be.

    Notices are named after event, rule, recipient and channel, so that a second run makes none anew. Where `enough`
    says so, the rest are given back; news that can't be told of keep their lease, which lapses.
    """
    if not leases:
        return 0
    told = Telling(setup, together(setup.store, leases, _RELAY))
    try:
        for at, lease in enumerate(leases):
            if at and enough():
                told.units += (Unit(settles=(Settle(one, one.due),)) for one in leases[at:])
                break
            try:
                told.tell(lease)
            except ItsmError as fault:
                if isinstance(fault, StoreError) and not isinstance(fault, NewerShape):
                    raise
                log.warning("%s %s on lane %s: %s", lease.type, lease.id, lease.lane, fault)
    finally:
        # A record that no store can read must not cost the others their lease.
        outcomes = flushed(setup.store, told.units)
    return told.held + sum(len(one.refs) for one in outcomes if isinstance(one, Done))


@define(slots=False)
class Telling:
    """Some news relayed together: what shall be committed for them, and whoever is there, read once for all."""

    setup: Setup
    read: Read
    units: list[Unit] = field(factory=list)
    held: int = 0

    @cached_property
    def people(self) -> tuple[Person, ...]:
        """Everybody of the site who is active."""
        return tuple(people(self.setup))

    def tell(self, lease: Lease) -> None:
        """The notices of one commit's events, with the end of its lease behind them."""
        setup = self.setup
        about = self.read(lease)
        ticket = setup.store.get("ticket", about.parent, _RELAY) if isinstance(about, Child) else about
        if not isinstance(ticket, Ticket):
            self.units.append(Unit(settles=(Settle(lease),)))
            return
        first, _, last = lease.part.partition("-")
        events = setup.store.history(lease.type, lease.id, _RELAY, int(first) - 1, int(last) - int(first) + 1)
        if isinstance(about, ChangeRequest) and events:
            change_over(setup, about, events[-1])
        planned, faulty = self._planned(about, ticket, events)
        fresh = {one.id: (one, at) for one, at in planned if setup.store.get("notice", one.id, _RELAY) is None}
        now = setup.world.now()
        for one, at in fresh.values():
            if one.state == "waiting" and at > now:
                # It touches its digest as well, which the next may share: by itself, before the lease ends.
                outcome = hold(setup, None, one, at)
                self.held += isinstance(outcome, Done)
                if isinstance(outcome, Conflict | Duplicate) and outcome.id != one.id:
                    self.units.append(_queued(setup, one))  # the digest is never still: it goes by itself
            else:
                self.units.append(_queued(setup, one))
        again = now + NEWS_AGAIN if faulty and not _tried(lease) else None
        self.units.append(Unit(settles=(Settle(lease, again),)))

    def _planned(
        self, about: Any, ticket: Ticket, events: Iterable[Event]
    ) -> tuple[list[tuple[Notice, datetime]], bool]:
        """The notices of those events, by plugins and by rules, and whether a plugin failed; and what else follows.

        Plugins are asked of tickets only: what is said beside one is none of theirs.
        """
        setup = self.setup
        planned: list[tuple[Notice, datetime]] = []
        faulty = False
        for event in events if isinstance(about, Ticket | Announcement | Referral) else ():
            heard = Heard()
            if about is ticket:
                heard = setup.plugins.every("itsmkit_notify", a(NoticeDraft, _plain), event=event, record=ticket)
            faulty |= bool(heard.faults)
            for draft in (*_by_rules(setup, event, about, ticket), *(draft for _, draft in heard.answer or ())):
                planned += self._notices(about, ticket, event, draft)
            if about is ticket:
                for follows in FOLLOWS:
                    follows(setup, ticket, event)
        return planned, faulty

    def _notices(
        self, about: Ticket | Announcement | Referral, ticket: Ticket, event: Event, draft: NoticeDraft
    ) -> Iterable[tuple[Notice, datetime]]:
        """One notice a recipient, and from when on; a role or team with nobody gives a dead one: somebody must know."""
        setup, now = self.setup, self.setup.world.now()
        hops = 0 if isinstance(about, Announcement) else event.args.get("hops", ticket.hops)
        found = recipients(setup, ticket, draft.to, draft.rule, lambda: self.people)
        if draft.to.startswith(("role:", "team:", "vendor:")):
            if not found:
                nobody = "nobody is there to be told"
                yield _notice(setup, about, event, draft, draft.to, hops=hops, state="dead", error=nobody), now
            found = tuple(one for one in found if one != event.by)  # who did it knows
        for one in found:
            recipient = one
            way = wanted(setup, draft, recipient, now)
            if setup.channels.get(way.channel, Channel(way.channel)).group:
                recipient = GROUP  # one for all: they read the same place
            if event.code == NOT_TOLD and told_already(event, recipient, way.channel):
                continue
            state = "dropped" if way.dropped else "waiting"
            more = {"channel": way.channel, "state": state, "error": way.dropped}
            notice = _notice(setup, about, event, draft, recipient, hops=hops, **more)
            if notice.hops >= MOST_HOPS and not by_hand(notice):
                notice = revised(notice, state="parked", error="a mail of ours came back too often")
            yield notice, way.at


_RELAY = Scope.system("relay")
FOLLOWS = (masters.follows, announcing.follows, promising.follows)
"""What else may follow from a ticket's event, for other records."""


def _by_rules(
    setup: Setup, event: Event, about: Ticket | Announcement | Referral, ticket: Ticket
) -> Iterator[NoticeDraft]:
    """What the site's rules want told by the channels that plugins offer; `doctor` tells of rules for others."""
    usual = setup.notify.channel
    if isinstance(about, Referral):
        asked = drafts_by_rules(setup.rules, usual, event, ticket, about)
    else:
        asked = drafts_by_rules(setup.rules, usual, event, about)
    return (draft for draft in asked if draft.channel in setup.channels)


def _plain(draft: NoticeDraft) -> str:
    """A notice is stored and goes to somebody: plain JSON values as arguments, a recipient that can be looked up."""
    if draft.to not in (REQUESTER, GROUP, SUBSCRIBERS) and not draft.to.startswith(NAMED):
        return f"to {draft.to!r} is none of requester, channel, subscribers, person:, team: and role:"
    if draft.digest not in DIGESTS:
        return f"digest {draft.digest!r} is none of hourly and daily"
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
    args = {"rule": notice.rule, "event": notice.event}
    draft = Draft("queued" if waits else notice.state, "core", args=args, why={"because": notice.why})
    todos = (Todo(Lane.POST, notice.queued),) if waits else ()
    return Unit((sealed(setup.world, None, notice, (draft,), notice.queued, todos=todos),))


def hold(
    setup: Setup, before: Notice | None, notice: Notice, until: datetime, settles: tuple[Settle, ...] = ()
) -> Outcome:
    """Put a notice into the digest that its recipient gets at that moment; the digest is made where there is none.

    Both change in one unit, so that a digest that is being sent meanwhile notices, and none is left behind in one that
    has gone.
    """
    outcome: Outcome | None = None
    for _ in range(TRIES):
        now = setup.world.now()
        found = setup.store.get("notice", _digest_id(notice, until), Scope.system("hold"))
        if isinstance(found, Notice) and found.state != "waiting":
            until += timedelta(seconds=1)  # that one has gone
            continue
        digest = found if isinstance(found, Notice) else _digest(setup, notice, until)
        todos = () if isinstance(found, Notice) else (Todo(Lane.POST, until),)
        held = revised(notice, state="held", digest=digest.id)
        args = {"rule": notice.rule, "event": notice.event, "until": until.isoformat()}
        why = {"because": notice.why, **({"error": notice.error} if notice.error else {})}
        changes = (
            sealed(setup.world, before, held, (Draft("held", "core", args=args, why=why),), now),
            sealed(
                setup.world,
                found if isinstance(found, Notice) else None,
                digest,
                (Draft("collects", "core", args={"notice": notice.id}),),
                now,
                todos=todos,
            ),
        )
        outcome = setup.store.commit(Unit(changes, settles=settles))[0]
        if not isinstance(outcome, Conflict | Duplicate):
            return outcome
        if isinstance(outcome, Conflict) and outcome.id == notice.id:
            return outcome
    return outcome or setup.store.commit(_queued(setup, notice))[0]


def _digest_id(notice: Notice, until: datetime) -> str:
    name = f"{DIGEST}\n{notice.recipient}\n{notice.channel}\n{until.isoformat()}"
    return sha256(name.encode()).hexdigest()[:32]


def _digest(setup: Setup, notice: Notice, until: datetime) -> Notice:
    id_ = _digest_id(notice, until)
    return Notice(
        id=id_,
        reach=(notice.recipient,),
        about="",
        number=DESK,
        event=0,
        rule=DIGEST,
        recipient=notice.recipient,
        channel=notice.channel,
        template=DIGEST,
        args={},
        queued=until,  # its age and the date it bears begin when it goes out
        why=f"collected until {until.isoformat()}",
        loop=loop_mark(0, id_, setup.secret),
        message_id=message_id(DESK, id_, setup.secret, setup.site.domain),
    )


def _notice(
    setup: Setup,
    about: Ticket | Announcement | Referral,
    event: Event,
    draft: NoticeDraft,
    recipient: str,
    *,
    hops: int,
    **more: Any,
) -> Notice:
    # What goes to a party bears the referral's number and no id of the ticket's mails: answers come back to it.
    secret, domain = setup.secret, setup.site.domain
    channel = more.pop("channel", draft.channel)
    name = f"{event.digest}\n{draft.rule}\n{recipient}\n{channel}"
    id_ = sha256(name.encode()).hexdigest()[:32]
    thread = "" if isinstance(about, Announcement) else message_id(about.number, "thread", secret, domain)
    return Notice(
        id=id_,
        reach=_reach(about, draft, recipient),
        about=about.parent if isinstance(about, Referral) else about.id,
        number=about.number,
        event=event.seq,
        rule=draft.rule,
        recipient=recipient,
        channel=channel,
        template=draft.template,
        args={name: clean(one) if isinstance(one, str) else one for name, one in draft.args.items()},
        queued=setup.world.now(),
        urgent=draft.urgent,
        confirms=draft.confirms,
        code=event.code,
        by=event.by,
        why=draft.why or f"rule {draft.rule}: {event.code} -> {draft.to}",
        hops=hops,
        loop=loop_mark(hops, id_, secret),
        language=draft.language,
        audience="" if draft.by_part or draft.to == REQUESTER else event.audience,
        message_id=message_id(about.number, id_, secret, domain),
        references=tuple(filter(None, (getattr(about, "message_id", ""), thread))),
        **more,
    )


def _reach(about: Ticket | Announcement | Referral, draft: NoticeDraft, recipient: str) -> tuple[str, ...]:
    """Who may see the notice: who may see the ticket; but what staff are told is none of the requester's business.

    What is told of a referral is for all who see that. Who else is told of an announcement is nobody's business.
    """
    if isinstance(about, Referral):
        return about.reach
    if isinstance(about, Announcement):
        return (recipient,)
    own = f"person:{about.requester}"
    return tuple(key for key in about.reach if key != own or own == recipient or draft.to == REQUESTER)
