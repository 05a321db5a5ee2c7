"""The daily work: what comes in, and what the lines and the users do with it, each from their own lists."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from random import Random
from types import MappingProxyType

from itsmkit.core.incident import needs_backup
from itsmkit.core.model.ticket import Kind, Status, Ticket
from itsmkit.demo.letters import Alert, Letter
from itsmkit.demo.matters import Matter
from itsmkit.demo.stage import MONTH, YEAR, Stage

SATURDAY = 5
MOST_CALLS = 20
"""Follow-up calls that line 1 makes in an afternoon."""
LATEST = 40
"""Tickets that somebody works through in one go."""
CONFIRMS, REJECTS = 0.55, 0.04
"""How many users say that it works, or that it doesn't; the others say nothing."""
ANSWERS, CONTENT = 0.8, 0.9
"""How many answer the follow-up call, and how many are satisfied."""
REACHES = 0.65
"""How often a specialist gets round to a ticket of the list in one go."""


Sender = Callable[[Stage, Random], object]


def is_working(day: int) -> bool:
    """Whether the company works on that day of the month."""
    return date(YEAR, MONTH, day).weekday() < SATURDAY


# what comes in


def arrivals(stage: Stage, day: int) -> Iterator[datetime]:
    """The mails, calls and alerts of a day, at their times; what they are is drawn when the day begins."""
    yield stage.day(day, "0:00")
    work = is_working(day)
    random = stage.drawn(day)
    plan: list[tuple[datetime, Sender]] = []
    senders: tuple[tuple[Sender, int, int, int], ...] = (
        (_mail, 8 if work else 1, 7 * 60, 18 * 60),
        (_call, 4 if work else 0, 8 * 60 + 30, 16 * 60 + 30),
        (_alert, 1, 0, 24 * 60 - 1),
    )
    for sender, most, first, last in senders:
        for _ in range(random.randint(most // 2, most + most // 3)):
            minute = random.randint(first, last)
            plan.append((stage.day(day, f"{minute // 60}:{minute % 60}"), sender))
    for moment, sender in sorted(plan, key=lambda one: one[0]):
        yield moment
        sender(stage, random)


def _mail(stage: Stage, random: Random) -> None:
    user, matter = random.choice(stage.cast.users), stage.sayings.some(random)
    stage.send(stage.letter(user.id, matter), matter)


def _call(stage: Stage, random: Random) -> None:
    matters = [one for one in stage.sayings.matters if one.phone]
    matter = random.choice(matters)
    stage.call(random.choice(stage.cast.users).id, matter, random.choice(("agent", "agent2")))


def _alert(stage: Stage, random: Random) -> None:
    signal = random.choice(stage.sayings.signals)
    stage.alert(Alert(signal.name, signal.instance, signal.severity, signal.summary, stage.now), signal.matter)


# line 1


def desk_round(stage: Stage, agent: str, moment: datetime) -> Iterator[datetime]:
    """An agent goes through the open list, some minutes a ticket."""
    yield moment
    for listed in stage.desk.queue("open", stage.who(agent))[:LATEST]:
        if listed.number in stage.kept or listed.step not in _FIRST:
            continue
        if listed.owner and listed.owner != stage.cast.person(agent).id:
            continue
        yield stage.later(minutes=stage.random.randint(2, 9))
        _support(stage, agent, listed.number)


def _support(stage: Stage, agent: str, number: str) -> None:
    """Take the ticket as far as line 1 can; whatever step it stands at, its answer is known or asked for."""
    for _ in _FIRST:
        ticket = stage.ticket(number)
        if ticket.line > 1 and ticket.step not in ("IM2.11", "IM5.1") and ticket.assignee != ticket.owner:
            return
        answer = _FIRST.get(ticket.step)
        if answer is None or number in stage.kept:
            return
        answer(stage, agent, ticket)


def begin(stage: Stage, agent: str, number: str) -> None:
    """Take a ticket; one that no rule knew is classified first."""
    ticket = stage.ticket(number)
    if ticket.step == "IM2.1":
        _classify(stage, agent, ticket)
    stage.do(agent, "take", number)


def _matter(stage: Stage, ticket: Ticket) -> Matter:
    return stage.about[ticket.number]


def _classify(stage: Stage, agent: str, ticket: Ticket) -> None:
    matter = _matter(stage, ticket)
    stage.do(agent, "classify", ticket.number, kind=matter.kind, category=stage.category(matter))


def _complaint(stage: Stage, agent: str, ticket: Ticket) -> None:
    stage.do(agent, "step", ticket.number, step="IM2.2", outcome="yes")


def _take(stage: Stage, agent: str, ticket: Ticket) -> None:
    stage.do(agent, "take", ticket.number)


def _judge(stage: Stage, agent: str, ticket: Ticket) -> None:
    """A similar record's solution fits where it is about the same matter."""
    fits = [one.number for one in ticket.similar if one.solution and one.number in stage.about
            and stage.about[one.number].key == _matter(stage, ticket).key]  # fmt: skip
    if fits and _matter(stage, ticket).line == 1:
        stage.do(agent, "judge", ticket.number, matched=True, number=fits[0])
    else:
        stage.do(agent, "judge", ticket.number, matched=False)


def _try(stage: Stage, agent: str, ticket: Ticket) -> None:
    """Solved where line 1 can, after taking it; else on to the specialists with what was tried."""
    if not ticket.assignee:
        stage.do(agent, "take", ticket.number)
    matter = _matter(stage, ticket)
    if matter.line > 1:
        stage.do(agent, "pass-on", ticket.number, text=stage.sayings.noted("tried", stage.random))
    else:
        _solve(stage, agent, ticket, matter.solution)


def _solve(stage: Stage, part: str, ticket: Ticket, solution: str = "") -> None:
    backup = needs_backup(ticket, stage.desk.setup.policy)
    stage.do(part, "resolve", ticket.number, backup=backup, **({"solution": solution} if solution else {}))


def _assign(stage: Stage, agent: str, ticket: Ticket) -> None:
    """A team declined, or the table leaves the choice to people: the next team of the second line."""
    team = next(one for one in stage.desk.setup.site.teams if one.line > 1 and one.id not in ticket.declined)
    stage.do(agent, "assign", ticket.number, team=team.id)


def _known_solution(stage: Stage, agent: str, ticket: Ticket) -> None:
    if not ticket.assignee:
        stage.do(agent, "take", ticket.number)
    _solve(stage, agent, ticket)


def _again(stage: Stage, agent: str, ticket: Ticket) -> None:
    """A rejected resolution is back with the ticket's owner: back to the team that had it, or done better."""
    matter = _matter(stage, ticket)
    if ticket.line > 1:
        stage.do(agent, "assign", ticket.number, team=ticket.team)
    elif matter.line > 1:
        stage.do(agent, "hand-over", ticket.number, text=stage.sayings.noted("tried", stage.random))
    else:
        _solve(stage, agent, ticket, matter.solution)


def _complete(stage: Stage, agent: str, ticket: Ticket) -> None:
    stage.do(agent, "complete", ticket.number, category=stage.category(_matter(stage, ticket)))


_FIRST: Mapping[str, Callable[[Stage, str, Ticket], None]] = MappingProxyType(
    {
        "IM2.1": _classify,
        "IM2.2": _complaint,
        "IM2.7": _take,
        "IM2.8": _judge,
        "IM2.9": _try,
        "IM2.11": _assign,
        "IM3.1": _again,
        "IM4.1": _known_solution,
        "IM5.1": _complete,
    }
)
"""What line 1 does at each step where a ticket can wait for it."""


# the lines behind


def line_round(stage: Stage, part: str, moment: datetime) -> Iterator[datetime]:
    """A specialist goes through what the team has: accepts, solves, or hands over to the line behind."""
    yield moment
    own = stage.cast.person(part).id
    for listed in stage.desk.queue("open", stage.who(part))[:LATEST]:
        if listed.line == 1 or listed.assignee not in ("", own) or stage.random.random() > REACHES:
            continue
        yield stage.later(minutes=stage.random.randint(2, 20))
        ticket = stage.ticket(listed.number)
        if ticket.number in stage.kept or ticket.assignee not in ("", own):
            continue
        if ticket.step in ("IM2.12", "IM2.13"):
            stage.do(part, "accept", ticket.number)
        elif ticket.status is Status.IN_PROGRESS:
            _investigate(stage, part, ticket)


def _investigate(stage: Stage, part: str, ticket: Ticket) -> None:
    matter = _matter(stage, ticket)
    if matter.line > ticket.line:
        stage.do(part, "hand-over", ticket.number, text=stage.sayings.noted("beyond", stage.random))
    else:
        _solve(stage, part, ticket, matter.solution)


# the users, and calls to them


def users_round(stage: Stage, moment: datetime, asked: set[str]) -> Iterator[datetime]:
    """Users read that their matters are solved: some confirm, a few reject, many say nothing."""
    yield moment
    for ticket in stage.desk.queue("to-confirm", stage.who("agent")):
        if ticket.number in stage.kept or ticket.number in asked:
            continue
        asked.add(ticket.number)
        yield stage.later(minutes=1)
        if stage.ticket(ticket.number).step != "IM5.2":
            continue
        chance, user = stage.random.random(), ticket.requester or "agent"
        if chance < CONFIRMS:
            stage.do(user, "confirm", ticket.number, satisfied=stage.random.random() < CONTENT)
        elif chance < CONFIRMS + REJECTS and ticket.kind == Kind.INCIDENT:
            stage.do(user, "reject", ticket.number, reason=stage.sayings.noted("rejected", stage.random))


def calls_round(stage: Stage, moment: datetime) -> Iterator[datetime]:
    """Line 1 calls back those whose tickets closed at least a day ago; now and then nobody answers."""
    yield moment
    waiting = [
        one
        for one in stage.desk.queue("follow-up", stage.who("agent"))
        if one.number not in stage.kept and one.closed and stage.now - one.closed > timedelta(days=1)
    ]
    for ticket in sorted(waiting, key=lambda one: one.number)[:MOST_CALLS]:
        if stage.random.random() < ANSWERS:
            words = stage.sayings.noted("followed_up", stage.random)
            stage.do("agent2", "follow-up", ticket.number, result=words, satisfied=True)
            yield stage.later(minutes=2)


# what follows a mail by itself


def absence_note(stage: Stage, part: str, subject: str, text: str, answers: str) -> Letter:
    """What somebody's mail program sends while they are away."""
    return Letter(stage.cast.person(part), subject, text, stage.now, answers, automatic=True)
