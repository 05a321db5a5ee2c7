"""A scene of many reports of one fault: a master, an announcement and a promise, told and ended together."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from attrs import evolve

from itsmkit.core.model.query import Query, Test
from itsmkit.demo.daily import begin
from itsmkit.demo.matters import Matter
from itsmkit.demo.stage import Stage

REPORTERS = ("user", "works", "hr")


def many_reports(stage: Stage) -> Iterator[datetime]:
    """Three reports are linked to one master; what is told of it reaches all, and so does its resolution (INC-20)."""
    yield stage.day(24, "09:05")
    solution = stage.teller.word("many_solution")
    matter = evolve(stage.sayings.by_key["share"], kind="incident", line=1, solution=solution)
    master, *linked = [_reported(stage, matter, at) for at in range(len(REPORTERS))]
    stage.tell("many_in", number=master, n=len(linked), title=stage.ticket(master).title)
    yield stage.later(minutes=6)
    stage.work()
    begin(stage, "agent", master)
    for number in linked:
        stage.do("agent", "link-master", number, master=master)
    found = ", ".join(one.number for one in stage.ticket(linked[-1]).similar if one.number in (master, *linked))
    stage.tell("many_linked", number=master, agent=stage.name("agent"), n=stage.ticket(master).linked, found=found)
    zh = "_zh" if stage.desk.settings.site.language == "zh" else ""
    words = {f"{one}{zh}": stage.teller.word(f"many_{one}") for one in ("title", "text")}
    stage.do("agent", "announce", master, **words)
    stage.do("agent", "publish", _child(stage, "announcement", master).number)
    seen = stage.desk.find(Query("announcement", (Test("status", value="published"),)), stage.who("legal")).items
    stage.tell("many_announced", number=_child(stage, "announcement", master).number, who=stage.name("legal"),
               n=len(seen))  # fmt: skip
    yield stage.later(minutes=3)
    promise = stage.teller.word("many_promise")
    stage.do("agent", "promise", master, text=promise, until=stage.later(hours=2), sort="fix", public=True)
    stage.do("agent", "comment", master, text=stage.teller.word("many_said"), public=True)
    stage.work()
    mails = [mail for number in linked for mail in stage.notices(number, "progress")]
    stage.tell("many_told", number=master, said=stage.teller.word("many_said"), to=stage.named(mails))
    yield stage.later(hours=1, minutes=20)
    stage.do("agent", "resolve", master, solution=solution, backup=True)
    stage.work()
    solved = [number for number in linked if stage.ticket(number).solution == solution]
    stage.tell("many_done", number=master, solution=solution, n=len(solved),
               announced=stage.teller.word(f"many_{_child(stage, 'announcement', master).status}"),
               promised=stage.teller.word(f"many_{_child(stage, 'commitment', master).outcome}"))  # fmt: skip
    for number in (master, *linked):
        stage.release(number)


def _reported(stage: Stage, matter: Matter, at: int) -> str:
    part = REPORTERS[at]
    letter = stage.letter(part, matter, stage.teller.word(f"many_title_{at}"))
    text = stage.teller.word("many_letter", who=stage.name(part))
    return stage.star(f"many_{at}" if at else "master", stage.send(evolve(letter, text=text), matter))


def _child(stage: Stage, type_: str, number: str) -> Any:
    """What belongs to a ticket, of that type."""
    return stage.desk.find(Query(type_, (Test("about", value=number),)), stage.watcher).items[0]
