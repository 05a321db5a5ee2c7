"""What the other organisation model makes of the same reports: looked up on two desks, at the same moment."""

from collections.abc import Callable, Iterable

from attrs import frozen

from itsmkit.core.errors import NotFound
from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.query import Query, Tally
from itsmkit.core.model.ticket import Ticket
from itsmkit.demo.figures import counted
from itsmkit.demo.stage import ALL, Stage

OTHER = {"tiered": "vendor", "vendor": "tiered"}
"""The model that each is set against."""
DAYS = 7
"""So many days the other model lives: the first Saturday night's outage is among them."""
SCENES = ("outage", "through_the_lines", "declined", "first_mail")
"""Whose tickets are followed, the most telling first."""
MANAGERS = ("manager", "vendor_manager", "hardware_manager")


@frozen
class Seen:
    """What one desk shows of the days so far.

    `reports` are its tickets by number: when and how each came in, and its title. Everything else is text for a
    reader: whom a scene's ticket went to by the scene's name, and what `FACTS` say by their names.
    """

    model: str
    reports: dict[str, tuple[str, str, str]]
    numbers: dict[str, str]
    ways: dict[str, str]
    facts: dict[str, str]


def look(stage: Stage) -> Seen:
    """What the stage's desk shows now."""
    numbers = {scene: stage.numbers[scene] for scene in SCENES if scene in stage.numbers}
    return Seen(
        stage.desk.setup.model().name,
        {one.number: (one.opened.isoformat(), one.channel, one.title) for one in _tickets(stage)},
        numbers,
        {scene: _way(stage, number) for scene, number in numbers.items()},
        {name: fact(stage, next(iter(numbers.values()))) for name, fact in FACTS.items()} if numbers else {},
    )


def tell(stage: Stage, here: Seen, there: Seen, days: int) -> None:
    """Tell what differs: fact by fact, what each of the two models makes of it."""
    teller = stage.teller
    teller.heading("contrast")
    same = sum(report == there.reports.get(number) for number, report in here.reports.items())
    teller.line("contrast_intro", days=days, model=there.model, same=same, n=len(here.reports))
    for scene, number in here.numbers.items():
        if scene in there.ways:
            teller.line("contrast_way", number=number, title=here.reports[number][2])
            teller.beside({one.model: one.ways[scene] for one in (here, there)})
    for name in here.facts:
        teller.line(f"contrast_{name}", number=next(iter(here.numbers.values())), n=len(here.reports))
        teller.beside({one.model: one.facts.get(name, "") for one in (here, there)})


def _tickets(stage: Stage) -> Iterable[Ticket]:
    found = stage.desk.find(Query("ticket"), stage.watcher, limit=ALL).items
    return (one for one in found if isinstance(one, Ticket))


def _way(stage: Stage, number: str) -> str:
    """The teams that had the ticket, one after the other, each with its line."""
    teams = [fact.value for fact in stage.ticket(number).timeline if fact.what == "team"]
    return " → ".join(_hop(stage, team) for team in teams)


def _hop(stage: Stage, id_: str) -> str:
    team = stage.desk.setup.site.team(id_)
    key = "contrast_vendor_team" if team and team.vendor else "contrast_team"
    return stage.teller.word(key, team=stage.team(id_), line=team.line if team else "?")


def _told(stage: Stage, number: str) -> str:
    """Everybody but its requester whom a notice about the ticket went to."""
    requester = stage.cast.by_id.get(stage.ticket(number).requester)
    return stage.named(one for one in stage.notices(number) if requester is None or one.to not in requester.mails)


def _judges(stage: Stage, number: str) -> str:
    return _named(stage, Duty.MANAGE, number)


def _watches(stage: Stage, _number: str) -> str:
    return _named(stage, Duty.WATCH)


def _commits(stage: Stage, _number: str) -> str:
    return _named(stage, Duty.COMMIT)


def _chairs(stage: Stage, _number: str) -> str:
    return _named(stage, Duty.CHAIR)


def _named(stage: Stage, duty: Duty, number: str = "") -> str:
    """Who of the company and its vendors has the duty, and sees the ticket where one is named."""
    able = (one for one in stage.cast.people if duty in stage.who(one.id).duties)
    return stage.teller.word("comma").join(one.name for one in able if not number or _sees(stage, one.id, number))


def _sees(stage: Stage, part: str, number: str) -> bool:
    try:
        stage.desk.ticket(number, stage.who(part))
    except NotFound:
        return False
    return True


def _sights(stage: Stage, _number: str) -> str:
    """How many tickets each of the managers can see."""
    seen = {part: sum(row.n for row in stage.desk.tally(Tally("ticket", ()), stage.who(part))) for part in MANAGERS}
    return stage.teller.word("comma").join(f"{stage.name(part)} {n}" for part, n in seen.items())


def _outside(stage: Stage, _number: str) -> str:
    """How many tickets a vendor had at some time."""
    vendors = {team.id for team in stage.desk.setup.site.teams if team.vendor}
    had = sum(any(fact.what == "team" and fact.value in vendors for fact in one.timeline) for one in _tickets(stage))
    return f"{had} / {counted(stage, 'ticket')}"


FACTS: dict[str, Callable[[Stage, str], str]] = {
    "told": _told,
    "judges": _judges,
    "watches": _watches,
    "commits": _commits,
    "chairs": _chairs,
    "outside": _outside,
    "sights": _sights,
}
"""What is told of each model beside the ways of tickets, of the first scene's ticket where it is about one."""
