"""The second stage: asking plugins at the steps of the process, and turning their answers into the table's."""

from collections.abc import Callable, Mapping
from datetime import datetime
from operator import is_
from typing import Any

from attrs import evolve, frozen

from itsmkit.core.assigning import AT_WORK, Choice, person_of
from itsmkit.core.calendar import add
from itsmkit.core.chains import calendars_of, chained, farthest
from itsmkit.core.clocks import held, started
from itsmkit.core.errors import CalendarError, WrongStep
from itsmkit.core.incident import RULES
from itsmkit.core.model.agreement import Clock, Target
from itsmkit.core.model.configuration import ConfigurationItem, ci_key
from itsmkit.core.model.event import NOTHING, Draft
from itsmkit.core.model.organisation import Assignment
from itsmkit.core.model.process import Process, Step
from itsmkit.core.model.query import Op, Scope, Tally, Test
from itsmkit.core.model.record import revised
from itsmkit.core.model.ticket import Likeness, Ticket
from itsmkit.core.plugins import Heard, a
from itsmkit.core.process import Answer, walk
from itsmkit.core.setup import Looking, Setup
from itsmkit.core.store import Store
from itsmkit.hookspecs import Classification, Prioritisation

MOST_SIMILAR = 10


def walk_on(
    setup: Setup,
    ticket: Ticket,
    now: datetime,
    *,
    later: bool,
    answers: Mapping[str, str] = NOTHING,
    by: str = "",
) -> tuple[Ticket, list[Draft]]:
    """Walk the ticket's process as far as rules, plugins and the given answers carry it.

    `answers` (step id to outcome) are a person's, `by` whom; each is used once.
    """
    process = setup.processes[ticket.process]
    given = dict(answers)
    asking = Asking(setup, process, now)

    def answer(step: Step, standing: Ticket) -> Answer | None:
        if beside := [part.number for part in standing.children if part.type in step.holds]:
            if step.id not in given:
                return None
            msg = f"{step.id} {step.title} holds until {', '.join(beside)} is closed"
            raise WrongStep(msg)
        if step.id in given:
            return asking.completed(step, standing, Answer(given.pop(step.id), by))
        if "ticket" in step.holds and standing.linked and linked_at_work(setup.store, standing, Scope.system("master")):
            return None
        return asking.answer(step, standing)

    return walk(process, ticket, answer, later=later)


def linked_at_work(store: Store, master: Ticket, scope: Scope) -> int:
    """How many of the tickets linked to it are neither resolved nor closed (INC-20), of those that the scope sees."""
    linked = Tally("ticket", where=(Test("master", value=master.number), Test("status", Op.ANY_OF, AT_WORK)))
    return sum(one.n for one in store.tally(linked, scope))


@frozen
class Asking:
    """Answers steps for one walk: by rule, by hook, or not at all."""

    setup: Setup
    process: Process
    now: datetime

    def answer(self, step: Step, ticket: Ticket) -> Answer | None:
        """The step's answer by its rule, its hook, or its default; None leaves it to a person."""
        answer = RULES[step.rule](ticket, self.setup.policy) if step.rule else None
        if answer is None and step.asks:
            answer = _ASKED[step.asks](self, step, ticket)
        if step.otherwise and (answer is None or not answer.outcome):
            answer = Answer(step.otherwise, notes=answer.notes if answer else ())
        return self.completed(step, ticket, answer) if answer and answer.outcome else answer

    def completed(self, step: Step, ticket: Ticket, answer: Answer) -> Answer:
        """The answer with what the hook named in `then` adds to it."""
        if not step.then:
            return answer
        return _ADDED[step.then](self, step, revised(ticket, **answer.changes), answer)

    def look(self) -> Looking:
        """A look at the store for one decision of the core's own stages."""
        return Looking(self.now, self.setup.site, self.setup.store, Scope.system("decision"))

    def first(self, hook: str, check: Callable[[Any], str], **arguments: Any) -> tuple[Heard, dict[str, Any]]:
        """Ask a hook, and say in a why who was asked and what was read."""
        look = self.look()
        if "look" in self.setup.plugins.arguments(hook):
            arguments["look"] = look
        heard = self.setup.plugins.first(hook, check, **arguments)
        return heard, _why(heard, look)


def _why(heard: Heard, look: Looking, reason: str = "") -> dict[str, Any]:
    why: dict[str, Any] = {"asked": dict(heard.asked)}
    if look.read:
        why["read"] = look.read
    reason = reason or getattr(heard.answer, "why", "")
    return {**why, "because": reason} if reason else why


def _nothing(step: Step, *asked: Heard) -> Answer | None:
    """Nobody's answer, with the faults that were met on the way."""
    notes = tuple(note for heard in asked for note in heard.notes(step.id))
    return Answer("", notes=notes) if notes else None


def _lookup(self: Asking, step: Step, ticket: Ticket) -> Answer | None:
    """The item that the report names, by a plugin for the site's own CMDB, else by its table (INC-05)."""
    heard, why = self.first("itsmkit_lookup", a(str), what="ci", key=ticket.ci)
    known, by = heard.answer, f"plugin:{heard.by}"
    if known is None:
        item = self.setup.store.get("ci", ci_key(ticket.ci), Scope.system("lookup"))
        known, by = item.id if isinstance(item, ConfigurationItem) else None, "core"
    if known is None:
        return Answer(step.otherwise, why=why, notes=heard.notes(step.id))
    outcome = "right" if known == ticket.ci else "corrected"
    args = {"ci": known, "told": ticket.ci}
    return Answer(outcome, by, {"ci": known}, args, why, notes=heard.notes(step.id))


def _classify(self: Asking, step: Step, ticket: Ticket) -> Answer | None:
    kinds = self.setup.policy.rules.kinds

    def check(answer: Classification) -> str:
        if answer.kind not in kinds:
            return f"unknown kind {answer.kind!r}; the site knows {', '.join(kinds)}"
        if answer.service and self.setup.site.service(answer.service) is None:
            return f"unknown service {answer.service!r}"
        return ""

    heard, why = self.first("itsmkit_classify", a(Classification, check), ticket=ticket)
    if heard.answer is None:
        return _nothing(step, heard)
    said: Classification = heard.answer
    changes = {"kind": said.kind, "category": said.category, "on_site": said.on_site or ticket.on_site}
    if said.service:
        changes["service"] = said.service
    args = {"kind": said.kind, "category": said.category, "service": said.service}
    return Answer("set", f"plugin:{heard.by}", changes, args, why, notes=heard.notes(step.id))


def _prioritise(self: Asking, step: Step, ticket: Ticket) -> Answer | None:
    most = len(self.setup.policy.rules.priorities)

    def check(answer: Prioritisation) -> str:
        levels = (answer.impact, answer.urgency, answer.priority)
        if not all(type(one) is int and one >= 1 for one in levels):
            return "levels are whole numbers from 1"
        return "" if answer.priority <= most else f"priority {answer.priority} is none of 1 to {most}"

    heard, why = self.first("itsmkit_prioritise", a(Prioritisation, check), record=ticket)
    if heard.answer is None:
        return _nothing(step, heard)
    said: Prioritisation = heard.answer
    changes = {"impact": said.impact, "urgency": said.urgency, "priority": said.priority}
    return Answer("set", f"plugin:{heard.by}", changes, changes, why, notes=heard.notes(step.id))


def _match(self: Asking, step: Step, ticket: Ticket) -> Answer | None:
    look = self.look()
    heard = self.setup.plugins.every("itsmkit_match", a(Likeness, _score), ticket=ticket, look=look)
    best = sorted(heard.answer, key=lambda one: -one[1].score)[:MOST_SIMILAR]
    similar = tuple(_by(likeness, name) for name, likeness in best)
    args = {"found": [[one.number, one.score] for one in similar]}
    outcome = "found" if similar else "none"
    return Answer(outcome, "core", {"similar": similar}, args, _why(heard, look), notes=heard.notes(step.id))


def _score(likeness: Likeness) -> str:
    return "" if 0 <= likeness.score <= 1 else f"score {likeness.score} lies outside 0 to 1"


def _by(likeness: Likeness, plugin: str) -> Likeness:
    return Likeness(
        likeness.type, likeness.id, likeness.number, round(likeness.score, 4), likeness.why, likeness.solution, plugin
    )


def _assign(self: Asking, step: Step, ticket: Ticket) -> Answer | None:
    """Who works on it: a plugin's word, else the organisation model's; nobody where the next line has no team.

    Where they name a team only, its roster or what its people know may name the person.
    """
    if ticket.declined:
        return None  # a team said no: the service desk weighs its reason (IM2.14)
    line = 1 if step.then else (ticket.line or 1) + 1
    known = self.setup.site.team

    def check(answer: Assignment) -> str:
        return "" if known(answer.team) else f"unknown team {answer.team!r}"

    heard, why = self.first("itsmkit_assign", a(Assignment, check), ticket=ticket)
    chosen, by, model = heard.answer, f"plugin:{heard.by}", Heard()
    if chosen is None and self.setup.organisation is not None:
        site = self.setup.site
        model = self.setup.ask_model(lambda one: one.assignment(ticket, line, site), a(Assignment, check))
        chosen, by = model.answer, f"model:{self.setup.organisation.name}"
        why["because"] = chosen.why if chosen else f"no team of line {line} takes it"
    if chosen is None:
        return _nothing(step, heard, model)
    team = known(chosen.team)
    choice = person_of(self.setup, ticket, team, self.now) if team and not chosen.person else Choice(chosen.person)
    if choice.why:
        why["because"] = "; ".join(filter(None, (why.get("because", ""), choice.why)))
    changes: dict[str, Any] = {
        "team": chosen.team,
        "line": chosen.line,
        "assignee": choice.person,
        "vendor": chosen.vendor,
        "accepted": None,
    }
    if ticket.team and ticket.team != chosen.team:
        changes["hand_overs"] = ticket.hand_overs + 1
    clocks, notes = reagreed(self.setup, ticket, revised(ticket, **changes), self.now, step.id)
    changes["clocks"] = clocks
    args = {"team": chosen.team, "line": chosen.line, "person": choice.person, "old": ticket.team}
    return Answer("assigned", by, changes, args, why, notes=(*heard.notes(step.id), *model.notes(step.id), *notes))


def _first_line(self: Asking, step: Step, ticket: Ticket, answer: Answer) -> Answer:
    """IM2.4 leaves the ticket with a team of line 1; one that came back to it keeps the team it has."""
    if ticket.team:
        return answer
    assigned = _assign(self, step, ticket)
    if assigned is None or not assigned.outcome:
        return _with(answer, {}, assigned.notes) if assigned else answer
    note = Draft("assigned", assigned.by, step.id, "assigned", assigned.args, assigned.why)
    return _with(answer, assigned.changes, (note, *assigned.notes))


def _agree(self: Asking, step: Step, ticket: Ticket, answer: Answer) -> Answer:
    """IM2.3 starts the clocks of the targets that hold."""
    clocks, notes = agreed(self.setup, ticket, self.now, step.id)
    return _with(answer, {"clocks": clocks}, notes)


def agreements(setup: Setup, ticket: Ticket, now: datetime) -> tuple[Heard, Looking]:
    """What the plugins say holds for the ticket as it is, and the look they took."""
    look = Looking(now, setup.site, setup.store, Scope.system("agreements"))

    def check(target: Target) -> str:
        policy = setup.policy
        calendar = policy.calendars.get(target.calendar)
        if calendar is None:
            return f"target {target.name} names the unknown calendar {target.calendar!r}"
        if target.escalation and target.escalation not in policy.chains:
            known = ", ".join(policy.chains) or "none"
            return f"target {target.name} names the unknown chain {target.escalation!r}; there are {known}"
        try:
            whole = chained(target, policy)
            if unknown := {one for level in whole.chain for one in calendars_of(level)} - set(policy.calendars):
                return f"the chain of target {target.name} names the unknown calendar {min(unknown)!r}"
            add(calendar, ticket.opened, farthest(whole))
        except ValueError as fault:
            return str(fault)
        except (CalendarError, OverflowError) as fault:
            return f"target {target.name} can't be reached: {fault}"
        return ""

    heard = setup.plugins.every("itsmkit_agreements", a(Target, check), record=ticket, look=look)
    answer = tuple((name, chained(target, setup.policy)) for name, target in heard.answer)
    return evolve(heard, answer=answer), look


def agreed(setup: Setup, ticket: Ticket, now: datetime, step: str = "") -> tuple[tuple[Clock, ...], tuple[Draft, ...]]:
    """The clocks that hold for the ticket as it is, and what to note of how they came to be."""
    heard, look = agreements(setup, ticket, now)
    clocks = _started(ticket, heard, now)
    return clocks, (_told(heard, look, step), *heard.notes(step))


def _started(ticket: Ticket, heard: Heard, now: datetime) -> tuple[Clock, ...]:
    return started(ticket.clocks, (target for _, target in heard.answer), ticket.opened, held(ticket, now))


def _told(heard: Heard, look: Looking, step: str) -> Draft:
    args = {"targets": [[target.kind, target.name, target.seconds, target.calendar] for _, target in heard.answer]}
    why = {**_why(heard, look), "because": [target.why for _, target in heard.answer]}
    return Draft("agreed", "core", step, args=args, why=why)


BASIS = ("priority", "kind", "service", "customer", "team", "vendor", "item")
"""The fields that agreements go by: where one of them changes, what holds is asked anew."""


def reagreed(
    setup: Setup, before: Ticket, after: Ticket, now: datetime, step: str = ""
) -> tuple[tuple[Clock, ...], tuple[Draft, ...]]:
    """The clocks that hold after a change, and a note where they are others than before.

    Until IM2.3 has set a priority there are none.
    """
    if not after.priority or all(getattr(after, name) == getattr(before, name) for name in BASIS):
        return after.clocks, ()
    heard, look = agreements(setup, after, now)
    running, wanted = [one.target for one in after.clocks], [target for _, target in heard.answer]
    if len(running) == len(wanted) and all(map(is_, running, wanted)) and not any(one.party for one in wanted):
        return after.clocks, heard.notes(step)
    clocks = _started(after, heard, now)
    told = () if clocks == before.clocks else (_told(heard, look, step),)
    return clocks, (*told, *heard.notes(step))


def _with(answer: Answer, changes: Mapping[str, Any], notes: tuple[Draft, ...]) -> Answer:
    return Answer(
        answer.outcome, answer.by, {**answer.changes, **changes}, answer.args, answer.why, answer.personal,
        answer.audience, (*answer.notes, *notes),
    )  # fmt: skip


_ASKED: Mapping[str, Callable[[Asking, Step, Ticket], Answer | None]] = {
    "itsmkit_lookup": _lookup,
    "itsmkit_classify": _classify,
    "itsmkit_prioritise": _prioritise,
    "itsmkit_match": _match,
    "itsmkit_assign": _assign,
}
_ADDED: Mapping[str, Callable[[Asking, Step, Ticket, Answer], Answer]] = {
    "itsmkit_assign": _first_line,
    "itsmkit_agreements": _agree,
}
