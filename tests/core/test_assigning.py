"""Which person of a team a ticket goes to: on duty, knowing its field, speaking its language, with the least to do."""

from typing import Any

import pytest

from itsmkit import (
    Assignment,
    BadInput,
    Desk,
    Event,
    Level,
    Person,
    Query,
    Record,
    Rota,
    Target,
    Team,
    Ticket,
)
from itsmkit.testing import PEOPLE, TEAMS, MovedClock, answering, brought_to, desk, reported

INC_17, ORG_09 = "INC-17", "ORG-09"
DAY = Rota(id="day", name="Networks by day", team="net", week=("mon-fri 08:00-18:00 carol",))


def agent(id_: str, team: str = "net", **more: Any) -> Person:
    return Person(id=id_, name=id_.capitalize(), **{"roles": ("support",), "teams": (team,), **more})


def opened(clock: MovedClock, *records: Record, plugins: Any = (), **choices: Any) -> Desk:
    return desk(clock, dict(plugins), records=(*TEAMS, *PEOPLE, *records), **choices)


def assigned(made: Desk, **told: Any) -> Ticket:
    """A ticket of the category network as line 1 has just passed it on."""
    return brought_to(made, "IM2.12", **told)


def said(made: Desk, ticket: Ticket) -> str:
    """Why it is with whom it is, as `explain` tells it."""
    return made.explain(ticket.number, made.principal("bob")).fields["team"].because


@pytest.mark.requirement(INC_17, "agents carry fields of expertise and languages")
@pytest.mark.requirement(INC_17, "within the team it goes by field, then by language")
@pytest.mark.parametrize(
    ("experts", "chosen", "why"),
    [
        ((agent("eve", fields=("network",)), agent("fay", fields=("mail",))), "eve", "eve: category network"),
        (
            (agent("eve", fields=("network",)), agent("fay", fields=("network",), languages=("zh",))),
            "fay",
            "fay: category network and language zh",
        ),
        ((agent("eve", languages=("zh",)), agent("fay", fields=("network",))), "fay", "fay: category network"),
        ((agent("eve", languages=("zh",)), agent("fay", languages=("en",))), "eve", "eve: language zh"),
        ((agent("eve", "db", fields=("network",)), agent("fay", fields=("mail",))), "", "line 2"),
        ((agent("eve", fields=("network",), active=False),), "", "line 2"),
        ((agent("eve", fields=("network",), roles=()),), "", "line 2"),
        ((agent("eve", fields=("network",), vendor="acme"),), "", "line 2"),
    ],
)
def test_who_knows_the_field_or_speaks_the_language_gets_it(
    clock: MovedClock, experts: tuple[Person, ...], chosen: str, why: str
) -> None:
    made = opened(clock, *experts)
    ticket = assigned(made, language="zh")
    assert (ticket.team, ticket.assignee) == ("net", chosen)
    assert said(made, ticket).endswith(why)
    assert made.verify().breaches == ()


@pytest.mark.requirement(INC_17, "of those who fit alike, whoever has the fewest open tickets")
def test_of_several_who_fit_whoever_has_least_to_do_gets_it(clock: MovedClock) -> None:
    made = opened(clock, agent("eve", fields=("network",)), agent("fay", fields=("network",)))
    first, second, third = (assigned(made) for _ in range(3))
    assert [one.assignee for one in (first, second, third)] == ["eve", "fay", "eve"]
    assert said(made, second) == "line 2; fay: category network, with the fewest open tickets: 0"
    for one in (first, third):
        made.do("accept", one.number, made.principal("eve"))
        made.do("resolve", one.number, made.principal("eve"), solution="a new cable")
    assert [assigned(made).assignee for _ in range(2)] == ["eve", "eve"]


def test_who_left_by_another_desk_gets_nothing_more(clock: MovedClock) -> None:
    made = opened(clock, agent("eve", "desk", fields=("network",)))
    assert reported(made).assignee == "eve"
    left = agent("eve", "desk", fields=("network",), active=False)
    desk(clock, records=(left,), store=made.setup.store, seed=1)
    assert made.setup.site.experts[0].active  # it has not read the site anew
    assert not reported(made).assignee


@pytest.mark.requirement(ORG_09, "a duty roster feeds assignment: a ticket goes to who is on duty")
def test_a_ticket_goes_to_who_is_on_duty(clock: MovedClock) -> None:
    made = opened(clock, DAY, agent("eve", fields=("network",)))
    ticket = assigned(made)
    assert (ticket.team, ticket.assignee, ticket.accepted) == ("net", "carol", None)
    assert said(made, ticket) == "line 2; carol: on duty by rota day"
    made.do("accept", ticket.number, made.principal("carol"))


@pytest.mark.requirement(ORG_09, "while nobody is on duty a ticket is left to the team")
@pytest.mark.parametrize("who", ["carol", "nobody", "otto", "victor", "mail:carol@example.org"])
def test_without_somebody_on_duty_it_is_left_to_the_team(clock: MovedClock, who: str) -> None:
    rota = Rota(id="day", name="By day", team="net", week=(f"mon-fri 08:00-18:00 {who}",))
    made = opened(clock, rota, agent("victor", vendor="acme"))
    if who == "carol":
        clock.advance(hours=12)
    ticket = assigned(made)
    assert (ticket.team, ticket.assignee) == ("net", "")
    assert said(made, ticket) == "line 2; nobody is on duty by rota day"


@pytest.mark.requirement(ORG_09, "of several on duty whoever knows the field, then whoever has least to do")
def test_of_several_on_duty_the_one_who_fits(clock: MovedClock) -> None:
    rota = Rota(id="day", name="By day", team="net", week=("mon-fri 08:00-18:00 carol eve fay",))
    made = opened(clock, rota, agent("eve", languages=("zh",)), agent("fay"))
    assert said(made, assigned(made, language="zh")) == "line 2; eve: on duty by rota day and language zh"
    assert [assigned(made).assignee for _ in range(3)] == ["carol", "fay", "carol"]


@pytest.mark.requirement(ORG_09, "day shifts of line 1: what comes in goes to who has the duty")
def test_line_1_has_its_duty_too(clock: MovedClock) -> None:
    rota = Rota(id="desk", name="Desk", team="desk", week=("mon-sun 18:00-08:00 bob", "mon-fri 08:00-18:00 dave"))
    made = opened(clock, rota)
    assert reported(made).assignee == "dave"
    clock.advance(hours=12)
    ticket = reported(made, "The network is down again")
    assert (ticket.team, ticket.assignee) == ("desk", "bob")
    assert said(made, ticket) == "line 1; bob: on duty by rota desk"


@pytest.mark.requirement(ORG_09, "a ticket that an escalation hands to a team goes to who is on duty there")
def test_an_escalation_to_a_team_reaches_who_is_on_duty(clock: MovedClock) -> None:
    target = Target("resolution", 4 * 3600, "office", chain=(Level(25, "team:net"),))
    made = opened(clock, DAY, plugins={"sla": answering("itsmkit_agreements", [target])})
    ticket = reported(made)
    clock.advance(hours=1, minutes=1)
    made.tick()
    after = made.ticket(ticket.number, made.principal("bob"))
    assert (after.team, after.assignee) == ("net", "carol")
    (event,) = _events(made, ticket, "net")
    assert event.why["because"] == "carol: on duty by rota day"


def _events(made: Desk, ticket: Ticket, team: str) -> list[Event]:
    found = made.history(ticket.number, made.principal("bob"))
    return [one for one in found if one.code == "assigned" and one.args["team"] == team]


def test_a_plugin_s_person_stands_and_its_team_s_roster_fills_the_rest(clock: MovedClock) -> None:
    for person, due in (("dave", "dave"), ("", "carol")):
        said_so = Assignment("net", 2, person=person, why="so")
        made = opened(clock, DAY, plugins={"mine": answering("itsmkit_assign", said_so)})
        assert assigned(made).assignee == due


@pytest.mark.requirement(INC_17, "fields and languages are validated")
@pytest.mark.parametrize(
    ("record", "says"),
    [
        (agent("eve", languages=("Chinese",)), "person eve: 'Chinese' is no language; write its code"),
        (agent("eve", languages=("",)), "person eve: '' is no language"),
        (agent("eve", fields=("network", " ")), "person eve: a field is empty"),
        (Team(id="net", name="Net", languages=("EN",)), "team net: 'EN' is no language"),
        (Rota(id="day", name="Day", week=("mon",)), "rota day, week 'mon': nobody has this duty"),
    ],
)
def test_what_can_t_be_is_not_loaded(clock: MovedClock, record: Record, says: str) -> None:
    made = opened(clock)
    with pytest.raises(BadInput, match=says):
        list(made.load([record], made.principal("root")))


def test_what_somebody_knows_is_not_shown_to_users(clock: MovedClock) -> None:
    made = opened(clock, agent("eve", roles=(), fields=("network",), languages=("zh",)))
    (seen,) = made.find(Query("person"), made.principal("eve")).items
    assert isinstance(seen, Person)
    assert (seen.id, seen.fields, seen.languages) == ("eve", (), ())
