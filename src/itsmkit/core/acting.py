"""What people do: a verb checked, applied, and the process walked on behind it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import evolve, frozen

from itsmkit.core.access import behalf, may
from itsmkit.core.errors import BadInput, ItsmError, NotAllowed, UnknownVerb, WrongStep
from itsmkit.core.model.child import Child
from itsmkit.core.model.configuration import ConfigurationItem, ci_key
from itsmkit.core.model.event import NOTHING, TO_REQUESTER, Draft
from itsmkit.core.model.organisation import Duty, Principal
from itsmkit.core.model.party import Person
from itsmkit.core.model.process import END, Process
from itsmkit.core.model.query import Scope
from itsmkit.core.model.record import Blob, revised
from itsmkit.core.model.ticket import Part, Ticket
from itsmkit.core.model.work_order import WorkOrder
from itsmkit.core.process import Walker, standing, walk_by
from itsmkit.core.setup import Setup
from itsmkit.core.triage import reagreed, walk_on
from itsmkit.core.verb import Act, Effect, Verb
from itsmkit.core.verbs import BEGINNINGS, VERBS


@frozen
class Acted:
    """What a verb makes of a record, not yet committed.

    `makes` is a child that begins with it; `parent` is the ticket it belongs to, or is linked to, as it is then, with
    its events.
    """

    record: Any
    drafts: tuple[Draft, ...]
    blobs: tuple[Blob, ...]
    makes: Child | None = None
    parent: tuple[Ticket, tuple[Draft, ...]] | None = None


def verb_named(name: str, type_: str) -> Verb:
    """The verb of that name for records of that type; UnknownVerb where there is none."""
    try:
        return VERBS[type_][name]
    except KeyError:
        raise UnknownVerb(name, VERBS.get(type_, ())) from None


def beginning(name: str) -> Verb:
    """What begins a record by itself, by its name; UnknownVerb where there is nothing of that name."""
    try:
        return BEGINNINGS[name]
    except KeyError:
        raise UnknownVerb(name, BEGINNINGS) from None


def act(
    setup: Setup,
    record: Any,
    verb: Verb,
    params: Any,
    *,
    by: Principal,
    now: datetime,
    parent: Ticket | None = None,
    person: Person | None = None,
) -> Acted:
    """Do the verb to the record: access, the step or status it fits, its pure function, then the walk.

    `person` is whom the parameters name.
    Raises NotAllowed, WrongStep or BadInput; nothing is stored here.
    """
    process = setup.processes[record.process]
    check_duty(process, record, verb, by)
    record, before = _up_to_date(setup, record, verb, now)
    check_place(record, verb)
    circumstances = Act(
        by, now, setup.policy, setup.site, setup.model(), parent, _ci(setup, record), person, _sent(setup, record)
    )
    effect = verb.apply(record, params, circumstances)
    if verb.name == "step":
        _check_plain_step(process, record, params.outcome)
    outcome = effect.answers.get(record.step, "")
    first = _first(effect, verb.name, record.step, outcome, by)
    more = {**_ownership(record, verb, by), **_spoken(record, effect, by, now)}
    changed, drafts = applied(setup, record, effect, first, now=now, more=more)
    if verb.name == "step":
        # The walk's own event says the same; told by two, the answer would be news twice.
        drafts = [evolve(drafts[1], args={**drafts[1].args, **behalf(by)}), *drafts[2:]]
    told = None
    beside = _parts(parent, changed) if parent is not None and isinstance(changed, Child) else {}
    if parent is not None and (effect.parent is not None or beside):
        on_ticket = effect.parent or Effect()
        # Who sees a master needn't see what is linked to it.
        child = {} if isinstance(record, Ticket) else {record.type: record.number}
        numbered = evolve(on_ticket, args={**child, **on_ticket.args}, changes={**on_ticket.changes, **beside})
        after, news = applied(
            setup, parent, numbered, _first(numbered, record.type, parent.step, verb.name, by), now=now
        )
        told = after, tuple(news)
    return Acted(changed, (*before, *drafts), effect.blobs, effect.makes, told)


def _ci(setup: Setup, record: Any) -> ConfigurationItem | None:
    """The configuration item of a ticket, where the site's table has it."""
    if not isinstance(record, Ticket) or not record.ci:
        return None
    found = setup.store.get("ci", ci_key(record.ci), Scope.system("command"))
    return found if isinstance(found, ConfigurationItem) else None


def _sent(setup: Setup, record: Any) -> tuple[str, ...]:
    """The names of those whom a work order sends."""
    ids = record.technicians if isinstance(record, WorkOrder) else ()
    found = (setup.store.get("person", one, Scope.system("command")) for one in ids)
    return tuple(one.name for one in found if isinstance(one, Person))


def _parts(parent: Ticket, child: Child) -> Mapping[str, tuple[Part, ...]]:
    """What the ticket knows of its open children, where this one has ended or others work on it now."""
    if not child.tracked:
        return {}
    others = tuple(one for one in parent.children if one.number != child.number)
    parts = (
        others
        if child.step == END
        else tuple(child.part if one.number == child.number else one for one in parent.children)
    )
    return {} if parts == parent.children else {"children": parts}


def _first(effect: Effect, code: str, step: str, outcome: str, by: Principal) -> Draft:
    """The event of the verb itself, ahead of those of the walk."""
    args = {**effect.args, **behalf(by)}
    return Draft(code, by.id, step, outcome, args, effect.why, effect.personal, effect.audience)


def applied(
    setup: Setup, record: Any, effect: Effect, first: Draft, *, now: datetime, more: Mapping[str, Any] = NOTHING
) -> tuple[Any, list[Draft]]:
    """The record with what the verb changes, walked on by what it answers, and the events of both."""
    process = setup.processes[record.process]
    at = record.step if effect.jump is None else effect.jump
    changed = standing(process, record, at, {**effect.changes, **more})
    moves = bool(effect.changes or effect.answers or effect.jump is not None)
    if not isinstance(changed, Ticket):
        changed, steps = walk_by(process, changed, effect.answers, first.by) if moves else (changed, [])
        return changed, [first, *steps]
    drafts = [first]
    if "IM2.3" not in effect.answers:
        clocks, notes = reagreed(setup, record, changed, now, at)
        changed = revised(changed, clocks=clocks)
        drafts += notes
    if moves:
        changed, steps = walk_on(setup, changed, now, later=True, answers=effect.answers, by=first.by)
        drafts += steps
    return changed, drafts


def _up_to_date(setup: Setup, ticket: Any, verb: Verb, now: datetime) -> tuple[Any, list[Draft]]:
    """A ticket that a person wants to work on takes its later step (IM2.7) first: here it is opened by a person."""
    if (
        not isinstance(ticket, Ticket)
        or not verb.steps
        or ticket.step == END
        or not setup.processes[ticket.process].step(ticket.step).later
    ):
        return ticket, []
    return walk_on(setup, ticket, now, later=True)


def _ownership(ticket: Any, verb: Verb, by: Principal) -> Mapping[str, str]:
    """Who of the service desk first works on a ticket stays its owner to the end (INC-46)."""
    if not isinstance(ticket, Ticket):
        return NOTHING
    works = by.person and not ticket.owner and bool(verb.steps) and Duty.RECORD in by.duties & verb.duties
    return {"owner": by.person} if works and by.person != ticket.requester else {}


def _spoken(ticket: Any, effect: Effect, by: Principal, now: datetime) -> Mapping[str, datetime]:
    """What the requester does is a word of theirs; what others do for the requester to see is one to them."""
    if not isinstance(ticket, Ticket):
        return NOTHING
    if by.person and by.person == ticket.requester:
        return {"heard": now}
    return {"told": now} if effect.audience in TO_REQUESTER else {}


def check_duty(process: Process, record: Walker, verb: Verb, by: Principal) -> None:
    """NotAllowed where the principal lacks the verb's duty, or for `step` that of the step."""
    duties = verb.duties
    if verb.name == "step" and record.step != END:
        duties = frozenset({process.step(record.step).duty, Duty.MANAGE})
    check_charged(verb.name, duties, by)


def check_charged(name: str, duties: frozenset[Duty], by: Principal) -> None:
    """NotAllowed where the principal has none of the duties that the verb of that name needs."""
    if not may(by, duties):
        wanted = " or ".join(sorted(duties))
        msg = f"{name} needs the duty {wanted}; {by.name or by.id} has {', '.join(sorted(by.duties)) or 'none'}"
        raise NotAllowed(msg)


def check_place(record: Walker, verb: Verb) -> None:
    """WrongStep where the verb doesn't fit the record's step or status."""
    if record.step in verb.steps or record.status in verb.statuses:
        return
    fits = ", ".join((*verb.steps, *verb.statuses))
    now = " ".join(one.name for one in VERBS[record.type].values() if record.step in one.steps)
    msg = f"{verb.name} fits {fits}; {record.number} stands at {record.step or 'its end'} ({record.status})"
    raise WrongStep(f"{msg}; here: {now}" if now else msg)


def fitting(process: Process, record: Walker, by: Principal) -> tuple[Verb, ...]:
    """The verbs that the principal could do to the record as it stands."""
    found = []
    for verb in VERBS[record.type].values():
        try:
            check_place(record, verb)
            check_duty(process, record, verb, by)
        except ItsmError:
            continue
        found.append(verb)
    return tuple(found)


def _check_plain_step(process: Process, ticket: Walker, outcome: str) -> None:
    if ticket.step == END:
        msg = f"{ticket.number} is at its end; there is no step to answer"
        raise WrongStep(msg)
    step = process.step(ticket.step)
    if step.writes:
        own = " or ".join(one.name for one in VERBS[ticket.type].values() if step.id in one.steps)
        msg = f"{step.id} leaves more than an outcome; use {own or 'assign'}"
        raise WrongStep(msg)
    if outcome not in step.to:
        msg = f"{step.id} has the outcomes {', '.join(step.to)}, not {outcome!r}"
        raise BadInput(msg)
