"""Scenes of the end: a known solution, a rejection, silence and a reopening."""

from collections.abc import Iterator
from datetime import datetime

from attrs import evolve

from itsmkit.demo.daily import begin
from itsmkit.demo.looking import denied, member, next_due
from itsmkit.demo.stage import Stage


def second_time(stage: Stage) -> Iterator[datetime]:
    """A fault is solved; when it comes again, matching finds the solution and the rule of IM2.8 takes it."""
    yield stage.day(10, "08:30")
    title, matter = stage.teller.word("again_title"), stage.sayings.by_key["intranet"]
    text = stage.teller.word("again_text")
    first = stage.star("first_time", stage.send(evolve(stage.letter("user2", matter, title), text=text), matter))
    yield stage.later(minutes=20)
    begin(stage, "agent", first)
    stage.do("agent", "pass-on", first, text=stage.sayings.noted("tried", stage.random))
    yield stage.later(minutes=50)
    part = member(stage, first)
    stage.do(part, "accept", first)
    yield stage.later(hours=3)
    solution, cause = stage.teller.word("again_solution"), stage.teller.word("again_cause")
    stage.do(part, "resolve", first, solution=solution, cause=cause, backup=True)
    solved = stage.ticket(first)
    stage.tell("first_time", number=first, who=stage.name(part), title=title, solution=solved.solution,
               line=solved.resolved_line)  # fmt: skip
    stage.release(first)
    yield stage.day(17, "08:55")
    again = stage.teller.word("again_again")
    second = stage.star("second_time", stage.send(evolve(stage.letter("finance2", matter, title), text=again), matter))
    stage.work()
    ticket = stage.ticket(second)
    ruled = stage.events(second, step="IM2.8")[0]
    stage.tell("second_time", number=second, first=ticket.followed, by=ruled.by,
               score=f"{ruled.why.get('score', 0):.2f}")  # fmt: skip
    yield stage.later(minutes=4)
    begin(stage, "agent", second)
    stage.do("agent", "resolve", second, backup=True)
    stage.tell("second_done", number=second, agent=stage.name("agent"), line=stage.ticket(second).resolved_line,
               minutes=int((stage.now - ticket.opened).total_seconds() // 60))  # fmt: skip
    stage.release(second)


def rejected(stage: Stage) -> Iterator[datetime]:
    """The user says that it isn't solved: the ticket reopens and its clock goes on (INC-40)."""
    yield stage.day(13, "10:10")
    matter = stage.sayings.by_key["laptop-slow"]
    number = stage.star("rejected", stage.send(stage.letter("user2", matter), matter))
    yield stage.later(minutes=30)
    begin(stage, "agent2", number)
    stage.do("agent2", "resolve", number, solution=stage.teller.word("reject_first"), backup=True)
    yield stage.later(hours=2)
    stage.tell("peeked", who=stage.name("legal"), number=number, answer=denied(stage, "legal", number))
    stage.do("user2", "reject", number, reason=stage.teller.word("reject_reason"))
    ticket = stage.ticket(number)
    stage.tell("rejected", number=number, who=stage.name("user2"), reason=stage.teller.word("reject_reason"),
               step=ticket.step)  # fmt: skip
    yield stage.later(hours=1)
    stage.do("agent2", "resolve", number, solution=matter.solution, backup=True)
    yield stage.later(hours=1)
    stage.do("user2", "confirm", number, satisfied=True)
    stage.tell("reject_done", number=number, who=stage.name("user2"), n=stage.ticket(number).reopened)
    stage.release(number)


def silent(stage: Stage) -> Iterator[datetime]:
    """No word for the configured hours: closed by silence, which says so; days later the user comes back: reopened."""
    yield stage.day(16, "09:20")
    matter = stage.sayings.by_key["telephone"]
    number = stage.star("silent", stage.send(stage.letter("holiday", matter), matter))
    yield stage.later(minutes=15)
    begin(stage, "agent", number)
    stage.do("agent", "resolve", number, solution=matter.solution, backup=True)
    yield next_due(stage, number)
    ticket = stage.ticket(number)
    stage.tell("silent", number=number, who=stage.name("holiday"), by=stage.teller.code(ticket.closed_by),
               hours=stage.desk.settings.rules.silence_hours)  # fmt: skip
    yield stage.day(23, "09:05")
    stage.do("holiday", "reopen", number, reason=stage.teller.word("reopen_reason"))
    stage.tell("reopened", number=number, who=stage.name("holiday"), reason=stage.teller.word("reopen_reason"))
    yield stage.later(hours=2)
    stage.do("agent", "resolve", number, solution=stage.teller.word("reopen_solution"), backup=True)
    yield stage.later(minutes=45)
    stage.do("holiday", "confirm", number, satisfied=True)
    stage.tell("confirmed", number=number, who=stage.name("holiday"))
    stage.release(number)
