"""What people do: a verb checked, applied, and the process walked on behind it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import evolve, frozen

from itsmkit.core.access import may
from itsmkit.core.errors import BadInput, ItsmError, NotAllowed, UnknownVerb, WrongStep
from itsmkit.core.model.event import PUBLIC, Draft
from itsmkit.core.model.organisation import Duty, Principal
from itsmkit.core.model.process import END, Process
from itsmkit.core.model.record import Blob, revised
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.process import standing
from itsmkit.core.setup import Setup
from itsmkit.core.triage import reagreed, walk_on
from itsmkit.core.verb import Act, Effect, Verb
from itsmkit.core.verbs import VERBS


@frozen
class Acted:
    """What a verb makes of a ticket, not yet committed."""

    ticket: Ticket
    drafts: tuple[Draft, ...]
    blobs: tuple[Blob, ...]


def verb_named(name: str) -> Verb:
    """The verb of that name; UnknownVerb where there is none."""
    try:
        return VERBS[name]
    except KeyError:
        raise UnknownVerb(name, VERBS) from None


def act(setup: Setup, ticket: Ticket, verb: Verb, params: Any, *, by: Principal, now: datetime) -> Acted:
    """Do the verb to the ticket: access, the step or status it fits, its pure function, then the walk.

    Raises NotAllowed, WrongStep or BadInput; nothing is stored here.
    """
    process = setup.processes[ticket.process]
    check_duty(process, ticket, verb, by)
    ticket, before = _up_to_date(setup, ticket, verb, now)
    check_place(ticket, verb)
    effect = verb.apply(ticket, params, Act(by, now, setup.policy, setup.site, setup.model()))
    if verb.name == "step":
        _check_plain_step(process, ticket, params.outcome)
    at = ticket.step if effect.jump is None else effect.jump
    changed = standing(
        process, ticket, at, {**effect.changes, **_ownership(ticket, verb, by), **_spoken(ticket, effect, by, now)}
    )
    outcome = effect.answers.get(ticket.step, "")
    first = Draft(
        verb.name, by.id, ticket.step, outcome, {**effect.args, **_behalf(by)}, {}, effect.personal, effect.audience
    )
    drafts = [first]
    if "IM2.3" not in effect.answers:
        clocks, notes = reagreed(setup, ticket, changed, now, at)
        changed = revised(changed, clocks=clocks)
        drafts += notes
    if effect.changes or effect.answers or effect.jump is not None:
        changed, steps = walk_on(setup, changed, now, later=True, answers=effect.answers, by=by.id)
        drafts += steps
    if verb.name == "step":
        # The walk's own event says the same; told by two, the answer would be news twice.
        drafts = [evolve(drafts[1], args={**drafts[1].args, **_behalf(by)}), *drafts[2:]]
    return Acted(changed, (*before, *drafts), effect.blobs)


def _up_to_date(setup: Setup, ticket: Ticket, verb: Verb, now: datetime) -> tuple[Ticket, list[Draft]]:
    """A ticket that a person wants to work on takes its later step (IM2.7) first: here it is opened by a person."""
    if not verb.steps or ticket.step == END or not setup.processes[ticket.process].step(ticket.step).later:
        return ticket, []
    return walk_on(setup, ticket, now, later=True)


def _ownership(ticket: Ticket, verb: Verb, by: Principal) -> Mapping[str, str]:
    """Who of the service desk first works on a ticket stays its owner to the end (INC-46)."""
    works = by.person and not ticket.owner and bool(verb.steps) and Duty.RECORD in by.duties & verb.duties
    return {"owner": by.person} if works and by.person != ticket.requester else {}


def _spoken(ticket: Ticket, effect: Effect, by: Principal, now: datetime) -> Mapping[str, datetime]:
    """What the requester does is a word of theirs; what others do for the requester to see is one to them."""
    if by.person and by.person == ticket.requester:
        return {"heard": now}
    return {"told": now} if effect.audience == PUBLIC else {}


def check_duty(process: Process, ticket: Ticket, verb: Verb, by: Principal) -> None:
    """NotAllowed where the principal lacks the verb's duty, or for `step` that of the step."""
    duties = verb.duties
    if verb.name == "step" and ticket.step != END:
        duties = frozenset({process.step(ticket.step).duty, Duty.MANAGE})
    if not may(by, duties):
        wanted = " or ".join(sorted(duties))
        msg = f"{verb.name} needs the duty {wanted}; {by.name or by.id} has {', '.join(sorted(by.duties)) or 'none'}"
        raise NotAllowed(msg)


def check_place(ticket: Ticket, verb: Verb) -> None:
    """WrongStep where the verb doesn't fit the ticket's step or status."""
    if ticket.step in verb.steps or ticket.status in verb.statuses:
        return
    fits = ", ".join((*verb.steps, *verb.statuses))
    now = " ".join(one.name for one in VERBS.values() if ticket.step in one.steps)
    msg = f"{verb.name} fits {fits}; {ticket.number} stands at {ticket.step or 'its end'} ({ticket.status})"
    raise WrongStep(f"{msg}; here: {now}" if now else msg)


def fitting(process: Process, ticket: Ticket, by: Principal) -> tuple[Verb, ...]:
    """The verbs that the principal could do to the ticket as it stands."""
    found = []
    for verb in VERBS.values():
        try:
            check_place(ticket, verb)
            check_duty(process, ticket, verb, by)
        except ItsmError:
            continue
        found.append(verb)
    return tuple(found)


def _check_plain_step(process: Process, ticket: Ticket, outcome: str) -> None:
    if ticket.step == END:
        msg = f"{ticket.number} is at its end; there is no step to answer"
        raise WrongStep(msg)
    step = process.step(ticket.step)
    if step.writes:
        own = " or ".join(one.name for one in VERBS.values() if step.id in one.steps)
        msg = f"{step.id} leaves more than an outcome; use {own or 'assign'}"
        raise WrongStep(msg)
    if outcome not in step.to:
        msg = f"{step.id} has the outcomes {', '.join(step.to)}, not {outcome!r}"
        raise BadInput(msg)


def _behalf(by: Principal) -> Mapping[str, str]:
    return {"real": by.on_behalf} if by.on_behalf else {}
