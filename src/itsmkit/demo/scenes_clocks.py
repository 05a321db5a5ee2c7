"""Scenes of the clocks: at rest, running out at night, waiting for a change, over the turn of the clocks."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from attrs import evolve

from itsmkit.core.errors import NotAllowed
from itsmkit.core.model.agreement import Fact
from itsmkit.demo.daily import begin
from itsmkit.demo.letters import Alert, Arrived, Letter
from itsmkit.demo.looking import clock_of, member, next_due, shares, story, used
from itsmkit.demo.stage import Stage


def paused(stage: Stage) -> Iterator[datetime]:
    """The clock rests while the customer's answer is awaited, and goes on when the answer comes by mail (SLA-02).

    The pause is corrected to when it really began, and the whole told as `explain --clock` draws it.
    """
    yield stage.day(6, "09:15")
    matter = stage.sayings.by_key["scanner"]
    number = stage.star("paused", stage.send(stage.letter("works2", matter), matter))
    stage.work()
    yield stage.later(minutes=20)
    begin(stage, "agent2", number)
    stage.do("agent2", "comment", number, text=stage.teller.word("pause_question"), public=True)
    before = clock_of(stage, number, "resolution").due
    stage.do("agent2", "wait", number, reason="customer", text=stage.teller.word("pause_reason"))
    stage.work()
    question = stage.notices(number, "progress")[-1]
    stage.tell(
        "paused", number=number, agent=stage.name("agent2"), who=stage.name("works2"), due=stage.teller.moment(before)
    )
    yield stage.day(10, "11:40")
    text, subject = stage.teller.word("pause_answer"), f"Re: {question.subject}"
    answer = Letter(stage.cast.person("works2"), subject, text, stage.now, question.message_id)
    receipt = stage.send(answer)
    after = clock_of(stage, number, "resolution").due
    stage.tell(
        "resumed",
        number=number,
        who=stage.name("works2"),
        state=stage.teller.code(receipt.state),
        due=stage.teller.moment(after),
    )
    yield stage.later(minutes=30)
    stage.do("agent2", "resolve", number, solution=matter.solution, backup=True)
    met = clock_of(stage, number, "resolution")
    stage.tell("pause_done", number=number, used=used(stage, number, met), verdict=stage.teller.word(f"met_{met.met}"))
    yield stage.later(minutes=5)
    asked = next(one.at for one in stage.ticket(number).timeline if one.what is Fact.PAUSED)
    by_phone = asked - timedelta(minutes=5)
    stage.do("manager", "correct-time", number, fact="paused", at=by_phone, why=stage.teller.word("pause_by_phone"))
    stage.tell("pause_corrected", number=number, who=stage.name("manager"), old=stage.teller.moment(asked),
               new=stage.teller.moment(by_phone))  # fmt: skip
    for at, event, effects in story(stage, number):
        stage.tell("clock_line", at=stage.teller.moment(at), event=event, effects=effects)
    stage.tell("clock_ledger", shares=shares(stage, number))
    stage.release(number)


def outage(stage: Stage) -> Iterator[datetime]:
    """A Saturday night: highest priority, nobody answers, the chain fires; then no work without a backup.

    IM2.4, SLA-03, INC-32.
    """
    yield stage.day(7, "02:40")
    alert = Alert("DatabaseDown", "erp-db-01", "critical", stage.teller.word("outage_summary"), stage.now)
    matter = stage.sayings.signals[0].matter
    number = stage.star("outage", stage.alert(alert, evolve(matter, solution=stage.teller.word("outage_solution"))))
    ticket = stage.ticket(number)
    stage.work()
    told = stage.notices(number, "highest_priority")
    stage.tell("outage_in", number=number, title=ticket.title, to=stage.named(told))
    seen: list[Arrived] = []
    for _ in range(3):
        yield next_due(stage, number)
        event = stage.events(number, "escalated")[-1]
        told = [one for one in stage.notices(number, "escalated") if one not in seen]
        seen += told
        stage.tell("escalated", number=number, share=event.args["share"], clock=stage.teller.word(event.args["clock"]),
                   to=stage.teller.word(f"to_{event.args['to']}"), told=stage.named(told))  # fmt: skip
    yield stage.later(minutes=10)
    if stage.ticket(number).step in ("IM2.12", "IM2.13"):
        stage.do("manager", "accept", number)
    else:
        stage.do("manager", "take", number)
    solution = stage.teller.word("outage_solution")
    try:
        stage.do("manager", "resolve", number, solution=solution)
    except NotAllowed as refused:
        stage.tell("backup_refused", number=number, who=stage.name("manager"), why=str(refused).partition(":")[0])
    yield stage.later(minutes=12)
    stage.do("manager", "resolve", number, solution=solution, backup=True)
    met = clock_of(stage, number, "resolution")
    stage.tell("backup_confirmed", number=number, who=stage.name("manager"), used=used(stage, number, met),
               verdict=stage.teller.word(f"met_{met.met}"))  # fmt: skip
    yield stage.later(minutes=4)
    stage.alert(evolve(alert, until=stage.now))
    stage.tell("recovered", number=number, code=stage.teller.code(stage.events(number)[-1].code))
    yield stage.day(9, "09:00")
    stage.do("manager", "confirm", number)
    stage.release(number)


def change_needed(stage: Stage) -> Iterator[datetime]:
    """The solution needs a change: the ticket waits for the change process, with its clock at rest (INC-30, SLA-02)."""
    yield stage.day(24, "09:05")
    matter = stage.sayings.by_key["wifi"]
    number = stage.star("change_needed", stage.send(stage.letter("hr", matter), matter))
    yield stage.later(minutes=20)
    begin(stage, "agent", number)
    stage.do("agent", "pass-on", number, text=stage.sayings.noted("tried", stage.random))
    yield stage.later(minutes=25)
    part = member(stage, number)
    stage.do(part, "accept", number)
    stage.do(part, "propose", number, solution=stage.teller.word("change_solution"))
    stage.do(part, "change", number, number="RFC-0118")
    ticket = stage.ticket(number)
    stage.tell("change", number=number, who=stage.name(part), rfc=ticket.change, solution=ticket.solution,
               status=stage.teller.code(ticket.status))  # fmt: skip
    yield stage.day(26, "18:30")
    stage.do(part, "changed", number)
    stage.do(part, "resolve", number, backup=True)
    met = clock_of(stage, number, "resolution")
    stage.tell("changed", number=number, used=used(stage, number, met), verdict=stage.teller.word(f"met_{met.met}"))
    stage.release(number)


def summer_time(stage: Stage) -> Iterator[datetime]:
    """The night when the clocks go forward: four hours stay four hours."""
    if stage.day(28, "12:00").utcoffset() == stage.day(30, "12:00").utcoffset():
        return
    yield stage.day(29, "01:30")
    alert = Alert("HostDown", "web-01", "critical", stage.teller.word("night_summary"), stage.now)
    solution = stage.teller.word("night_solution")
    matter = evolve(stage.sayings.signals[0].matter, solution=solution)
    number = stage.star("summer_time", stage.alert(alert, matter))
    clock = clock_of(stage, number, "resolution")
    stage.tell("night", number=number, title=stage.ticket(number).title, due=stage.teller.moment(clock.due),
               hours=clock.target.seconds // 3600)  # fmt: skip
    yield stage.later(minutes=9)
    begin(stage, "agent2", number)
    yield stage.later(hours=1)
    stage.do("agent2", "resolve", number, solution=solution, backup=True)
    stage.tell("night_done", number=number, who=stage.name("agent2"), used=used(stage, number, clock))
    yield stage.later(minutes=3)
    stage.alert(evolve(alert, until=stage.now))
    stage.release(number)
