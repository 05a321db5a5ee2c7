"""A scene of escalation: what is to come is known beforehand, comes true, and is judged by the incident manager."""

from collections.abc import Iterator
from datetime import datetime

from attrs import evolve

from itsmkit.demo.daily import begin
from itsmkit.demo.letters import Alert
from itsmkit.demo.looking import clock_of, next_due, used
from itsmkit.demo.stage import Stage


def planned(stage: Stage) -> Iterator[datetime]:
    """An alert at night: what is planned, its first step come true, and the manager's word (SLA-03, SLA-04)."""
    yield stage.day(18, "03:12")
    alert = Alert("HostDown", "mail-01", "critical", stage.teller.word("planned_summary"), stage.now)
    solution = stage.teller.word("planned_solution")
    matter = evolve(stage.sayings.signals[0].matter, solution=solution)
    number = stage.star("planned", stage.alert(alert, matter))
    stage.work()
    stage.tell("planned_in", number=number, title=stage.ticket(number).title)
    plan = stage.desk.escalations(number, stage.watcher)
    for one in plan:
        to = stage.teller.words.get(f"to_{one.to}", one.to)
        stage.tell("planned_step", at=stage.teller.moment(one.at), clock=stage.teller.word(one.clock), level=one.level,
                   to=to, reaches=", ".join(one.reaches))  # fmt: skip
    yield next_due(stage, number)
    (event,) = stage.events(number, "escalated")
    stage.tell("planned_true", number=number, due=stage.teller.moment(plan[0].at), late=event.args["late"],
               to=stage.teller.word(f"to_{event.args['to']}"))  # fmt: skip
    yield stage.later(minutes=6)
    stage.do("manager", "withhold", number, why=stage.teller.word("planned_why"))
    stage.tell("planned_judged", number=number, who=stage.name("manager"), why=stage.teller.word("planned_why"))
    begin(stage, "agent2", number)
    yield stage.later(minutes=25)
    stage.do("agent2", "resolve", number, solution=solution, backup=True)
    met = clock_of(stage, number, "resolution")
    stage.tell("planned_done", number=number, who=stage.name("agent2"), used=used(stage, number, met),
               verdict=stage.teller.word(f"met_{met.met}"))  # fmt: skip
    yield stage.later(minutes=3)
    stage.alert(evolve(alert, until=stage.now))
    stage.release(number)
