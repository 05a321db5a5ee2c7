"""The third stage, second half: notices are delivered, tried again, told together, or given up where people see it.

Before a delivery its way must be open (`Route`) and its address must have room (`Allowance`); both are records, so that
a worker that starts anew, or another one, goes on where the last one was.
"""

import logging
from collections.abc import Iterable, Iterator
from copy import deepcopy
from datetime import datetime, timedelta
from hashlib import sha256

from attrs import frozen

from itsmkit.core.allowances import allowance_id, answered_by_a_machine, free_at, refused, taken
from itsmkit.core.changes import ticket_change
from itsmkit.core.commanding import type_of
from itsmkit.core.mailid import message_id
from itsmkit.core.model.announcement import Announcement
from itsmkit.core.model.event import Draft
from itsmkit.core.model.notice import Allowance, Channel, NotDelivered, Notice, Route, Sent, Slot
from itsmkit.core.model.query import Query, Scope, Test
from itsmkit.core.model.record import Record, revised
from itsmkit.core.model.referral import Referral
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.model.unit import Change, Conflict, Done, Lane, Lease, Settle, Todo, Unit
from itsmkit.core.notice_rules import NOT_TOLD
from itsmkit.core.plugins import Fault, a
from itsmkit.core.recipients import Address, address, by_hand, holders, people
from itsmkit.core.relay import DESK, DIGEST, TRIES, hold
from itsmkit.core.sealing import sealed
from itsmkit.core.setup import Setup
from itsmkit.core.text import clean

HOLD = 60
DELIVERIES = 12
"""So often one notice is tried; while its whole channel is shut it isn't."""
FIRST_PAUSE, LONGEST_PAUSE = 30, 3600
OLDEST = timedelta(days=5)
"""A notice that has waited so long for its channel is given up, as mail servers do (RFC 5321 §4.5.4.1)."""
SHUT_AFTER = 3
"""So many failures of a channel in a row shut it for a while."""
LONGEST_SHUT = 900
MODEL_AGAIN = timedelta(minutes=5)
IN_ONE = 200
"""So many notices are told together; what is more follows."""
OPERATORS = "operators"
_POST = Scope.system("post")
log = logging.getLogger("itsmkit")


@frozen
class Ready:
    """What goes out: the notice as its deliverer gets it, and the notices it tells (itself, or what it collected)."""

    notice: Notice
    tells: tuple[Notice, ...]

    @property
    def tickets(self) -> tuple[str, ...]:
        """The ids of the tickets it is about."""
        return tuple(dict.fromkeys(one.about for one in self.tells if one.about))


@frozen
class Ended:
    """What became of a try: the notice's state, what was said, when again, whether a delivery was made, a warning."""

    state: str
    said: str
    again: datetime | None = None
    tried: bool = False
    warning: str = ""


def post(setup: Setup, lease: Lease) -> str:
    """Deliver one notice: "sent", "waiting" for another try, "held", "dead", "parked", "dropped", "late" or "gone"."""
    notice = setup.store.get("notice", lease.id, _POST)
    if not isinstance(notice, Notice) or notice.state != "waiting":
        setup.store.settle(Settle(lease))
        return "gone"
    now = setup.world.now()
    route = _route(setup, notice.channel)
    shut = route.until is not None and route.until > now and not _too_old(notice, route, now)
    ready = None if shut else _ready(setup, notice)
    if ready is None:
        setup.store.settle(Settle(lease, route.until if shut else now + MODEL_AGAIN))
        return "waiting"
    if isinstance(ready, Ended):
        return _ended(setup, lease, notice, None, ready)
    taken_up = _room(setup, lease, notice, ready)
    if isinstance(taken_up, str):
        return taken_up
    end = taken_up or _delivered(setup, route, notice, ready)
    state = _ended(setup, lease, notice, ready, end)
    # Only now: a mail that went out must be noted before anything else can fail.
    if end.state == "sent":
        _opened(setup, route)
    if end.warning:
        _warned(setup, ready.notice, end.warning)
    return state


def _delivered(setup: Setup, route: Route, notice: Notice, ready: Ready) -> Ended:
    """One try: what the plugin of the channel made of it."""
    handed = revised(ready.notice, args=deepcopy(ready.notice.args))
    setup.on_point("before delivery")
    heard = setup.plugins.first("itsmkit_deliver", a(Sent), notice=handed)
    setup.on_point("after delivery")
    if isinstance(heard.answer, Sent):
        return Ended("sent", heard.answer.reply, tried=True, warning=heard.answer.warning)
    refusal = heard.answer if isinstance(heard.answer, NotDelivered) else None
    error = str(refusal) if refusal else next((one.detail for one in heard.faults), "no plugin delivers this channel")
    return _failed(setup, route, notice, refusal, error)


def _failed(setup: Setup, route: Route, notice: Notice, refusal: NotDelivered | None, error: str) -> Ended:
    """What a failed try comes to: for good, or when again."""
    now = setup.world.now()
    if refusal is not None and not refusal.shut:
        _opened(setup, route)
    if refusal is not None and refusal.shut and not _too_old(notice, route, now):
        until = _shut(setup, route, error, refusal.again)
        return Ended("waiting", error, until or now + timedelta(seconds=pause(route.failures + 1)))
    tries = notice.tries + 1
    if (refusal is not None and refusal.permanent) or tries >= DELIVERIES or (refusal is not None and refusal.shut):
        return Ended("dead", error, tried=True)
    again = max(pause(tries), refusal.again if refusal is not None else 0)
    return Ended("waiting", error, now + timedelta(seconds=again), tried=True)


def _too_old(notice: Notice, route: Route, now: datetime) -> bool:
    """Whether the way has failed for so long that the notice is given up; a desk that stood still has its tries yet."""
    return route.since is not None and now - max(route.since, notice.queued) > OLDEST


def pause(tries: int) -> int:
    """Seconds until the next try after so many: doubling, at most an hour."""
    return int(min(FIRST_PAUSE * 2 ** min(tries - 1, 20), LONGEST_PAUSE))


# what goes out


def _ready(setup: Setup, notice: Notice) -> Ready | Ended | None:
    """The notice with its address; what it collected told in it; or why nothing goes out; None: nobody can say."""
    fit: list[Notice] = []
    dropped = "nothing to tell is left"
    for one in _members(setup, notice.id) if notice.rule == DIGEST else (notice,):
        if len(fit) == IN_ONE:
            break
        about = _about(setup, one)
        if one.about and about is None:
            dropped = "its ticket can't be read"
            continue
        where = address(setup, one, about)
        if where is None:
            return None
        if where.dropped:
            dropped = where.dropped
            continue
        fit.append(_addressed(one, where, about))
    if not fit:
        return Ended("dropped", dropped)
    if len(fit) == 1:
        return Ready(revised(fit[0], queued=notice.queued), tuple(fit))
    items = [{"number": one.number, "title": str(one.args.get("title", "")), "rule": one.rule} for one in fit]
    told = revised(notice, address=fit[0].address, language=fit[0].language, args={"count": len(fit), "items": items})
    return Ready(told, tuple(fit))


def _about(setup: Setup, notice: Notice) -> Ticket | Announcement | Referral | None:
    """The ticket, announcement or referral that a notice is about."""
    type_ = type_of(setup, notice.number)
    key = f"number:{notice.number}" if type_ == Referral.type else notice.about
    found = setup.store.get(type_, key, _POST) if notice.about else None
    return found if isinstance(found, Ticket | Announcement | Referral) else None


def _addressed(notice: Notice, where: Address, about: Ticket | Announcement | Referral | None) -> Notice:
    """The notice as it goes out. What goes to the very address that reported counts as a confirmation, whoever it is.

    An autoresponder at a team's mailbox that opens a ticket with each answer would be told of each.
    """
    echo = isinstance(about, Ticket) and about.contact.mail.lower() == where.to.lower() != ""
    confirms = (notice.confirms or echo) and not by_hand(notice)
    return revised(notice, address=where.to, language=notice.language or where.language, confirms=confirms)


def _members(setup: Setup, digest: str) -> Iterator[Notice]:
    """All that a digest has collected, read as far as they are asked for."""
    query = Query("notice", (Test("digest", value=digest), Test("state", value="held")))
    after: str | None = None
    while True:
        page = setup.store.find(query, _POST, after, IN_ONE)
        yield from (one for one in page.items if isinstance(one, Notice))
        if (after := page.after) is None:
            return


# room at the address


def _room(setup: Setup, lease: Lease, notice: Notice, ready: Ready) -> Ended | str | None:
    """Take what the notice needs of its address's allowance, durably and before it goes out; None: it may go.

    What has to wait is collected into one notice for the moment when there is room again.
    """
    channel = setup.channels.get(notice.channel, Channel(notice.channel))
    if not channel.budgeted:
        return None
    id_ = allowance_id(channel.name, ready.notice.address)
    confirms = all(one.confirms for one in ready.tells)
    spoken = any(by_hand(one) for one in ready.tells)
    for _ in range(TRIES):
        found, now = setup.store.get("allowance", id_, _POST), setup.world.now()
        before = found if isinstance(found, Allowance) else None
        held = before or Allowance(id=id_)
        if confirms and answered_by_a_machine(held, notice.id, now, setup.notify):
            if not _kept(setup, before, refused(held, now), "refused", notice):
                continue
            return Ended("parked", "too many confirmations in a row: a machine seems to answer them")
        # What somebody at the desk says needn't wait behind what the desk says by itself.
        free = free_at(held, notice.id, () if spoken else ready.tickets, now, setup.notify)
        if free > now:
            return _later(setup, lease, notice, free)
        slot = Slot(now, notice.id, ready.tickets)
        after = taken(held, slot, setup.notify, confirms=confirms, by_hand=spoken)
        if _kept(setup, before, after, "taken", notice):
            return None
    return Ended("waiting", "its address is written to by many at once", setup.world.now() + timedelta(seconds=5))


def _later(setup: Setup, lease: Lease, notice: Notice, free: datetime) -> str:
    if notice.rule == DIGEST:
        setup.store.settle(Settle(lease, free))
        return "waiting"
    why = "the recipient has got enough for now"
    outcome = hold(setup, notice, revised(notice, error=why), free, (Settle(lease),))
    return "held" if isinstance(outcome, Done) else "late"


def _kept(setup: Setup, before: Record | None, after: Record, code: str, notice: Notice | None = None) -> bool:
    """Whether a change of our own bookkeeping is stored; False where somebody else's came first."""
    now = setup.world.now()
    draft = Draft(code, "core", args={"notice": notice.id} if notice else {})
    return isinstance(setup.store.commit(Unit((sealed(setup.world, before, after, (draft,), now),)))[0], Done)


# the way


def _route(setup: Setup, channel: str) -> Route:
    found = setup.store.get("route", channel, _POST)
    return found if isinstance(found, Route) else Route(id=channel)


def _opened(setup: Setup, route: Route) -> None:
    """The way works: whatever was counted against it is forgotten."""
    if route.failures:
        _kept(setup, route, revised(route, failures=0, until=None, since=None, error=""), "opened")


def _shut(setup: Setup, route: Route, error: str, again: float) -> datetime | None:
    """Count a failure of the way; until when it is shut, None where it isn't yet. Operators are told once."""
    now = setup.world.now()
    failures = route.failures + 1
    wait = max(again, min(pause(failures - SHUT_AFTER + 1), LONGEST_SHUT) if failures >= SHUT_AFTER else 0)
    until = now + timedelta(seconds=wait) if wait else None
    after = revised(route, failures=failures, until=until, since=route.since or now, error=clean(error)[:500])
    if not _kept(setup, route if route.version else None, after, "failed"):
        return until  # another worker has counted its own failure
    if failures == SHUT_AFTER:
        tell_operators(setup, f"{route.id} {after.since}", f"channel {route.id} is shut: {error}", not_by=route.id)
    return until


def troubles(setup: Setup) -> Iterator[str]:
    """The channels that are shut, and rules whose channel nobody offers, a line each."""
    for one in setup.store.find(Query("route"), Scope.system("doctor")).items:
        if isinstance(one, Route) and one.failures >= SHUT_AFTER and one.since:
            yield f"channel {one.id} fails since {one.since:%Y-%m-%d %H:%M} UTC: {one.error}"
    named = {rule.channel for rule in setup.notify.rules if rule.channel} - set(setup.channels)
    if named:
        yield f"[notify] rules name channels that no plugin offers: {', '.join(sorted(named))}"


def _warned(setup: Setup, notice: Notice, warning: str) -> None:
    """Something went out, but not as it should: the operators are told, once a day of each template."""
    setup.plugins.noted(Fault(notice.channel, "itsmkit_deliver", "warning", warning))
    day = f"{setup.world.now():%Y-%m-%d}"
    tell_operators(setup, f"{notice.channel} {notice.template} {notice.language} {day}", warning)


def tell_operators(setup: Setup, what: str, text: str, not_by: str = "") -> None:
    """Tell those who look after the desk, once for each `what`, and not by the channel that it is about."""
    log.warning("%s", text)
    channel = setup.notify.operators_channel or setup.notify.channel
    if channel == not_by or channel not in setup.channels:
        return  # it stays in the log, and `doctor` tells it
    for recipient in _operators(setup):
        id_ = sha256(f"{OPERATORS}\n{what}\n{recipient}".encode()).hexdigest()[:32]
        if setup.store.get("notice", id_, _POST) is not None:
            continue
        now = setup.world.now()
        notice = Notice(
            id=id_,
            reach=(recipient,),
            about="",
            number=DESK,
            event=0,
            rule=OPERATORS,
            recipient=recipient,
            channel=channel,
            template="trouble",
            args={"said": clean(text)[:2000], "title": clean(" ".join(text.split()))[:120], "event": "trouble"},
            queued=now,
            urgent=True,
            why="the desk is in trouble",
            message_id=message_id(DESK, id_, setup.secret, setup.site.domain),
        )
        change = sealed(setup.world, None, notice, (Draft("queued", "core"),), now, todos=(Todo(Lane.POST, now),))
        setup.store.commit(Unit((change,)))


def _operators(setup: Setup) -> Iterable[str]:
    kind, _, name = setup.notify.operators.partition(":")
    if kind == "role":
        now = setup.world.now()
        about = Ticket(id="", number=DESK, opened=now, opened_month=f"{now:%Y-%m}", channel="")
        return list(holders(setup, about, name, people(setup)))
    return [setup.notify.operators]


# the end of a try


def _ended(setup: Setup, lease: Lease, notice: Notice, ready: Ready | None, end: Ended) -> str:
    """Store what became of a notice and of those it told, and say on their tickets what was given up."""
    for _ in range(TRIES):
        before = setup.store.get("notice", notice.id, _POST)
        changes = _changes(setup, before if isinstance(before, Notice) else notice, ready, end)
        outcome = setup.store.commit(Unit(changes, settles=(Settle(lease, end.again),)))[0]
        if not isinstance(outcome, Conflict):
            return end.state if isinstance(outcome, Done) else "late"
    setup.store.settle(Settle(lease, setup.world.now() + timedelta(seconds=1)))
    return "late"


def _changes(setup: Setup, before: Notice, ready: Ready | None, end: Ended) -> tuple[Change, ...]:
    told = {one.id: one for one in ready.tells} if ready else {}
    shown = told.get(before.id) or (ready.notice if ready else before)
    changes = [_change(setup, before, revised(before, address=shown.address, language=shown.language), end)]
    ended = [before]
    for one in _members(setup, before.id) if before.rule == DIGEST and end.state != "waiting" else ():
        if one.id in told or ready is None:
            ended.append(one)
            changes.append(_change(setup, one, revised(one, address=shown.address, language=shown.language), end))
        else:  # it came while the others went, had no room among them, or its recipient may not see it
            changes.append(_anew(setup, one))
    given_up = ended if end.state in ("dead", "parked") else []
    return (*changes, *_on_tickets(setup, given_up, end))


def _change(setup: Setup, before: Notice, after: Notice, end: Ended) -> Change:
    now = setup.world.now()
    said = clean(end.said)[:500]
    done = end.state == "sent"
    tries = before.tries + end.tried
    final = revised(after, state=end.state, tries=tries, sent=now if done else None, error="" if done else said)
    code = "failed" if end.state == "waiting" else end.state
    return sealed(
        setup.world, before, final, (Draft(code, "core", args={"tries": tries}, personal={"said": said}),), now
    )


def _anew(setup: Setup, member: Notice) -> Change:
    """A notice whose digest went without it goes by itself, or is dropped for its own reason then."""
    now = setup.world.now()
    after = revised(member, state="waiting", digest="")
    return sealed(setup.world, member, after, (Draft("queued", "core"),), now, todos=(Todo(Lane.POST, now),))


def _on_tickets(setup: Setup, given_up: Iterable[Notice], end: Ended) -> Iterator[Change]:
    """What a ticket's people see of notices that were given up; not of those that told of just that."""
    by_ticket: dict[str, list[Draft]] = {}
    for one in given_up:
        if one.about and one.code != NOT_TOLD:
            args = {"rule": one.rule, "recipient": _coded(one.recipient), "channel": one.channel, "notice": one.id}
            draft = Draft(NOT_TOLD, "core", outcome=end.state, args=args, why={"because": clean(end.said)[:500]})
            by_ticket.setdefault(one.about, []).append(draft)
    for id_, drafts in by_ticket.items():
        ticket = setup.store.get("ticket", id_, _POST)
        if isinstance(ticket, Ticket):
            yield ticket_change(setup, ticket, ticket, drafts, setup.world.now())


def _coded(recipient: str) -> str:
    # An address is personal, and arguments of an event can't be erased.
    return "contact" if recipient.startswith("contact:") else recipient
