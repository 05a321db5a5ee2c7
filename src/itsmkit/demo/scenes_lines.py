"""Scenes of the lines: who has a ticket, who says no, who goes there, what it really is."""

from collections.abc import Iterator
from datetime import datetime

from attrs import evolve

from itsmkit.demo.cast import APPLICATIONS
from itsmkit.demo.daily import begin
from itsmkit.demo.looking import clock_of, denied, member, sides
from itsmkit.demo.stage import Stage


def declined(stage: Stage) -> Iterator[datetime]:
    """The wrong team says so, with a reason and a suggestion; line 1 assigns the right one (IM2.11-IM2.14)."""
    yield stage.day(3, "10:20")
    matter = stage.sayings.by_key["wifi"]
    letter = evolve(stage.letter("works", matter), title=stage.teller.word("declined_title"),
                    text=stage.teller.word("declined_text"))  # fmt: skip
    number = stage.star("declined", stage.send(letter, evolve(matter, line=2)))
    yield stage.later(minutes=9)
    begin(stage, "agent", number)
    stage.do("agent", "pass-on", number, text=stage.sayings.noted("tried", stage.random))
    yield stage.later(minutes=40)
    reason = stage.teller.word("declined_reason")
    asked, had = member(stage, number), stage.ticket(number).team
    stage.do(asked, "decline", number, reason=reason, suggest=APPLICATIONS)
    stage.tell("declined", number=number, who=stage.name(asked), team=stage.team(had),
               suggest=stage.team(APPLICATIONS), reason=reason)  # fmt: skip
    yield stage.later(minutes=15)
    suggested = stage.events(number, "decline")[0].args["suggest"]
    stage.do("agent", "assign", number, team=suggested)
    yield stage.later(minutes=20)
    ticket = stage.do("applications", "accept", number)
    stage.tell("reassigned", number=number, agent=stage.name("agent"), who=stage.name("applications"),
               team=stage.team(ticket.team), n=ticket.hand_overs)  # fmt: skip
    stage.release(number)


def through_the_lines(stage: Stage) -> Iterator[datetime]:
    """From line 1 over line 2 to the vendor; each takes over what was found before (INC-24).

    Where line 1 passes on to the vendor itself, there is no line between to be told of.
    """
    yield stage.day(4, "09:10")
    matter = stage.sayings.by_key["erp-posting"]
    letter = stage.letter("finance", matter, stage.teller.word("lines_title"))
    number = stage.star("through_the_lines", stage.send(letter, matter))
    yield stage.later(minutes=14)
    begin(stage, "agent", number)
    stage.do("agent", "pass-on", number, text=stage.sayings.noted("tried", stage.random))
    stage.tell("line_one", number=number, agent=stage.name("agent"), team=stage.team(stage.ticket(number).team),
               tried=stage.written(number, "pass-on", "text"))  # fmt: skip
    yield stage.later(minutes=35)
    second = member(stage, number)
    stage.do(second, "accept", number)
    yield stage.later(hours=2)
    stage.do(second, "diagnose", number, cause=stage.teller.word("lines_cause"))
    if straight := bool(stage.ticket(number).vendor):
        stage.tell("line_skipped", number=number, who=stage.name(second), cause=stage.ticket(number).cause,
                   line=stage.ticket(number).line)  # fmt: skip
    else:
        stage.do(second, "hand-over", number, text=stage.sayings.noted("beyond", stage.random))
        handed = stage.ticket(number)
        stage.tell("line_two", number=number, who=stage.name(second), cause=handed.cause, team=stage.team(handed.team),
                   line=handed.line)  # fmt: skip
    yield stage.day(5, "09:05")
    third = member(stage, number)
    (side,) = sides(stage, number)
    stage.do(third, "reference" if straight else "acknowledge", side, reference="SR-4711")
    stage.tell("vendor_sees", who=stage.name(third), n=len(stage.desk.queue("open", stage.who(third))),
               other=stage.numbers["phone_call"], answer=denied(stage, third, stage.numbers["phone_call"]))  # fmt: skip
    yield stage.later(hours=1)
    question, answer = stage.teller.word("side_question"), stage.teller.word("side_answer")
    stage.do("agent", "tell", side, text=question)
    yield stage.later(hours=2)
    stage.do(third, "tell", side, text=answer)
    stage.tell("side", number=side, agent=stage.name("agent"), who=stage.name(third), question=question, answer=answer,
               user=stage.name("finance"), denied=denied(stage, "finance", side))  # fmt: skip
    yield stage.day(6, "15:30")
    stage.do(third, "resolve", number, solution=matter.solution, cause=stage.ticket(number).cause, backup=True)
    solved = stage.ticket(number)
    stage.tell("line_three", number=number, who=stage.name(third), solution=solved.solution, owner=stage.name("agent"),
               line=solved.resolved_line)  # fmt: skip
    yield stage.day(9, "08:50")
    stage.do("finance", "confirm", number, satisfied=True)
    stage.tell("confirmed", number=number, who=stage.name("finance"))
    yield stage.day(11, "15:05")
    stage.do("agent", "follow-up", number, result=stage.sayings.noted("followed_up", stage.random), satisfied=True)
    stage.tell("follow_up", number=number, agent=stage.name("agent"), who=stage.name("finance"),
               said=stage.written(number, "follow-up", "result"))  # fmt: skip


def on_site(stage: Stage) -> Iterator[datetime]:
    """Neither phone nor remote session helps: a visit is agreed, the customer told what to prepare (IM2.6)."""
    yield stage.day(12, "09:30")
    matter = stage.sayings.by_key["screen"]
    receipt = stage.call("works2", evolve(matter, titles=(stage.teller.word("visit_title"),)), on_site=True)
    number = stage.star("on_site", receipt)
    at, visitor = stage.day(13, "09:00"), stage.name("workplace")
    stage.do("agent", "visit", number, who=visitor, at=at, note=stage.teller.word("visit_note"))
    stage.work()
    told = stage.notices(number, "visit")[0]
    stage.tell(
        "visit",
        number=number,
        agent=stage.name("agent"),
        who=stage.named([told]),
        visitor=visitor,
        at=stage.teller.moment(at),
    )
    yield stage.day(13, "09:50")
    stage.do("agent", "resolve", number, solution=matter.solution, backup=True)
    stage.release(number)


def reclassified(stage: Stage) -> Iterator[datetime]:
    """A question turns out to be an attack: kind, priority and clocks begin anew, the old values are kept (INC-12)."""
    yield stage.day(20, "09:30")
    matter = stage.sayings.by_key["phish"]
    letter = evolve(stage.letter("finance2", matter), title=stage.teller.word("bank_title"),
                    text=stage.teller.word("bank_text"))  # fmt: skip
    number = stage.star("reclassified", stage.send(letter, matter))
    yield stage.later(minutes=12)
    begin(stage, "agent2", number)
    stage.do("agent2", "reclassify", number, kind="incident", category=stage.category(matter),
             why=stage.teller.word("bank_why"))  # fmt: skip
    stage.do("agent2", "reprioritise", number, impact=2, urgency=1)
    old = stage.events(number, "reclassify")[0].args["old"]
    ticket = stage.ticket(number)
    stage.tell("reclassified", number=number, who=stage.name("agent2"), title=ticket.title,
               was=stage.teller.word(old["kind"]), before=old["priority"], kind=stage.teller.word(ticket.kind),
               category=ticket.category, priority=ticket.priority,
               due=stage.teller.moment(clock_of(stage, number, "resolution").due))  # fmt: skip
    stage.release(number)
