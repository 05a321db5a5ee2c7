"""Chains of escalation: when each level comes, under which conditions, and what is told of the way ahead."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from itsmkit import (
    Clock,
    Desk,
    Event,
    Fact,
    Level,
    Moment,
    Rota,
    SettingsError,
    Target,
    Ticket,
    always,
    calendar_from_dict,
    hookimpl,
    level,
)
from itsmkit.core.chain_table import chain_from_list
from itsmkit.core.chains import coming, next_level
from itsmkit.testing import MovedClock, answering, brought_to, desk, reported
from itsmkit.testing.desks import OFFICE_TABLE, PEOPLE, SERVICES, TEAMS

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CALENDARS = {"always": always(), "office": calendar_from_dict("office", OFFICE_TABLE)}
HOUR = timedelta(hours=1)


def target(*chain: Level, seconds: int = 4 * 3600, calendar: str = "always", **more: object) -> Target:
    return Target("resolution", seconds, calendar, chain=chain, **more)  # type: ignore[arg-type]


def moments(made: Target, *timeline: Moment) -> list[tuple[datetime | None, str]]:
    return [(one.at, one.rung.key) for one in coming(Clock(made, START), timeline, CALENDARS)]


@given(st.lists(st.integers(1, 300), max_size=4, unique=True), st.integers(1, 100))
def test_levels_come_in_order_each_once_and_the_breach_among_them(shares: list[int], minutes: int) -> None:
    made = target(*(Level(share, "manager") for share in shares), seconds=minutes * 60)
    clock, met, at = Clock(made, START), [], START
    for _ in range(10):
        found = next_level(clock, (), CALENDARS)
        if found is None:
            break
        assert found[0] >= at
        assert found[0] == START + timedelta(seconds=minutes * 60 * found[1].level.share // 100)
        at, rung = found
        met.append(rung.level.share)
        clock = evolve(clock, fired=(*clock.fired, rung.key))
    assert met == sorted({*shares, 100})


LEVELS = st.builds(
    lambda kind, share, offset, wall, hold, times: (
        Level(share, "manager", wall=wall, hold=hold, every=1800 * (times > 1), times=times)
        if kind == "share"
        else Level(
            0, "manager", origin=kind, offset=abs(offset) if kind == "start" else offset, wall=wall, hold=hold,
            every=1800 * (times > 1), times=times,
        )
    ),
    st.sampled_from(["share", "start", "due"]),
    st.integers(1, 300),
    st.integers(-3 * 3600, 30 * 3600),
    st.booleans(),
    st.sampled_from(["", "office"]),
    st.integers(1, 3),
)  # fmt: skip
PAUSES = st.lists(st.integers(1, 100 * 3600), max_size=4, unique=True).map(sorted)


@given(st.lists(LEVELS, max_size=4, unique_by=lambda one: one.moment), PAUSES, st.sampled_from(["always", "office"]))
def test_the_next_level_is_the_soonest_of_all(chain: list[Level], pauses: list[int], calendar: str) -> None:
    timeline = [
        Moment(START + timedelta(seconds=at), Fact.RESUMED if number % 2 else Fact.PAUSED)
        for number, at in enumerate(pauses)
    ]
    clock = Clock(target(*chain, calendar=calendar), START)
    every = coming(clock, timeline, CALENDARS)
    found = next_level(clock, timeline, CALENDARS)
    assert (found[0] if found else None) == (every[0].at if every else None)
    assert all(one.at is None or one.at >= START for one in every)


def test_levels_lie_at_shares_and_before_or_after_start_and_due() -> None:
    made = target(level("start + 15m", "team:net"), level("due - 30m", "manager"), level("due + 1h", "owner"))
    assert moments(made) == [
        (START + HOUR / 4, "start+15m team:net"),
        (START + 3.5 * HOUR, "due-30m manager"),
        (START + 4 * HOUR, "100%"),
        (START + 5 * HOUR, "due+1h owner"),
    ]


def test_open_time_and_plain_time() -> None:
    """Eight office hours from Monday nine o'clock end on Monday at five."""
    made = target(level("due + 1h", "a"), level("due + 1h wall", "b"), seconds=8 * 3600, calendar="office")
    assert moments(made)[1:] == [
        (datetime(2026, 3, 2, 18, 0, tzinfo=UTC), "due+1h wall b"),
        (datetime(2026, 3, 3, 10, 0, tzinfo=UTC), "due+1h a"),
    ]


def test_plain_time_counts_through_a_pause_but_nothing_fires_in_it() -> None:
    made = target(level("start + 1h wall", "a"), level("start + 1h", "b"))
    paused = Moment(START + HOUR / 2, Fact.PAUSED, "part", "customer", ("sla",))
    assert [at for at, _ in moments(made, paused)] == [None] * 3
    resumed = Moment(START + 3 * HOUR, Fact.RESUMED, "part", "customer")
    assert moments(made, paused, resumed)[:2] == [
        (START + 3 * HOUR, "start+1h wall a"),
        (START + 3.5 * HOUR, "start+1h b"),
    ]


def test_a_level_waits_for_a_calendar_to_open() -> None:
    made = target(level("75%", "manager", hold="office"), seconds=12 * 3600)
    assert (datetime(2026, 3, 3, 9, 0, tzinfo=UTC), "75% manager") in moments(made)


def test_a_level_repeats_so_often_and_no_more() -> None:
    made = target(level("100%", "manager", every="30m", times=3))
    assert moments(made) == [
        (START + (4 + turn / 2) * HOUR, "100% manager" + (f" #{turn + 1}" if turn else "")) for turn in range(3)
    ]


@pytest.mark.parametrize("fact", [Fact.ACCEPTED, Fact.RESPONDED])
def test_a_level_ends_with_the_fact_it_names(fact: Fact) -> None:
    made = target(level("50%", "manager", until=[str(fact)]), level("75%", "owner"))
    assert [key for _, key in moments(made, Moment(START, fact))] == ["75% owner", "100%"]


def test_two_levels_that_are_the_same_are_refused_as_the_second_would_never_fire() -> None:
    with pytest.raises(ValueError, match="50% manager"):
        target(Level(50, "manager"), Level(50, "manager", during="office"))


@pytest.mark.parametrize(
    ("at", "more", "said"),
    [
        ("0%", {}, "between 1 and 1000 percent"),
        ("1001%", {}, "between 1 and 1000 percent"),
        ("soon", {}, "write it as"),
        ("start - 5m", {}, "before its clock starts"),
        ("due + 400d", {}, "within a year"),
        ("50%", {"every": "1h"}, "repeats"),
        ("50%", {"times": 3}, "repeats"),
        ("50%", {"every": "1h", "times": 101}, "repeats"),
        ("50%", {"every": "often", "times": 2}, "no length"),
        ("50%", {"until": "doomsday"}, "a level ends with"),
        ("50%", {"days": "someday"}, "unknown weekday"),
        ("50%", {"during": 7}, "during"),
        ("50%", {"colour": "red"}, "unknown key colour"),
        ("50%", {"to": ""}, "whom it reaches"),
        (50, {}, "write it as"),
    ],
)
def test_a_step_that_can_t_be_is_refused_with_chain_and_number(at: object, more: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError, match=f"chain steep, step 2: .*{said}"):
        chain_from_list("steep", [{"at": "10%", "to": "manager"}, {"at": at, "to": "manager", **more}])


# through the desk


class Chain:
    """Four hours, day and night, with that chain."""

    def __init__(self, *chain: Level) -> None:
        self._chain = chain

    @hookimpl
    def itsmkit_agreements(self) -> list[Target]:
        return [target(*self._chain)]


NIGHT = Rota(id="night", name="Night", week=("mon-fri 18:00-08:00 carol dave", "sat-sun 00:00-24:00 carol"))


def opened(clock: MovedClock, *chain: Level, rota: Rota = NIGHT, **plugins: object) -> Desk:
    records = (*TEAMS, *SERVICES, *PEOPLE, rota)
    return desk(clock, {**plugins, "chain": Chain(*chain)}, records=records)


def told(made: Desk, ticket: Ticket, *codes: str) -> list[Event]:
    return [one for one in made.history(ticket.number, made.principal("bob")) if one.code in codes]


@pytest.mark.requirement("SLA-03", "functional: handed to a team that the chain names")
def test_a_level_hands_the_ticket_to_a_team(clock: MovedClock) -> None:
    made = opened(clock, Level(50, "team:db"), Level(75, "team:nobody"))
    ticket = reported(made)
    clock.advance(hours=2)
    made.tick()
    now = made.ticket(ticket.number, made.principal("bob"))
    assert (now.team, now.line, now.step, now.hand_overs) == ("db", 2, "IM2.12", 1)
    clock.advance(hours=1)
    made.tick()
    event = told(made, ticket, "escalated")[-1]
    assert (event.args["to"], event.args["role"], event.why["nobody"]) == ("team:nobody", "manager", "team:nobody")
    assert made.verify().breaches == ()


@pytest.mark.requirement("ORG-09", "a duty roster feeds escalation: who is on duty is looked up when it fires")
def test_whoever_is_on_duty_when_it_fires_is_told(clock: MovedClock) -> None:
    made = opened(clock, level("start + 10h", "rota:night"), level("start + 4d", "rota:night"))
    ticket = reported(made)
    clock.advance(hours=9)
    swapped = evolve(NIGHT, dates=("2026-03-02 18:00-08:00 dave",))
    assert [one.sort for one in made.load([swapped], made.principal("root"))] == ["changed"]
    clock.advance(hours=1)
    made.tick()
    clock.at(ticket.opened + timedelta(days=4))
    made.tick()
    first, second = told(made, ticket, "escalated")
    assert first.args["people"] == ["dave"]
    assert (second.args["role"], second.why["nobody"]) == ("manager", "rota:night"), "Friday at nine is nobody's"


def test_who_is_gone_is_not_on_duty(clock: MovedClock) -> None:
    made = opened(clock, level("start + 10h", "rota:night"))
    ticket = reported(made)
    gone = evolve(next(one for one in PEOPLE if one.id == "carol"), active=False)
    for _ in made.load([gone], made.principal("root")):
        pass
    clock.advance(hours=10)
    made.tick()
    assert told(made, ticket, "escalated")[0].args["people"] == ["dave"]


@pytest.mark.requirement("SLA-03", "levels by weekday, calendar and duty roster; who is passed over is on the ticket")
@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ({"days": "sat-sun"}, "it is mon"),
        ({"outside": "office"}, "calendar office is open"),
        ({"rota": "night"}, "nobody is on duty by rota night"),
        ({"days": "mon", "during": "office"}, ""),
    ],
)
def test_a_level_whose_conditions_don_t_hold_is_passed_over(
    clock: MovedClock, conditions: dict[str, str], said: str
) -> None:
    made = opened(clock, level("25%", "manager"), level("50%", "admin", **conditions))
    ticket = reported(made)
    clock.advance(hours=2)
    made.tick()
    passed = told(made, ticket, "passed_over")
    assert [one.why["because"] for one in passed] == ([said] if said else [])
    # Late, the level that is passed over must not swallow the one below it.
    assert [one.args["to"] for one in told(made, ticket, "escalated")] == ["manager" if said else "admin"]
    made.tick()
    assert len(told(made, ticket, "passed_over", "escalated")) == 2 - (not said)


def test_late_a_hand_over_and_a_word_to_somebody_don_t_swallow_each_other(clock: MovedClock) -> None:
    made = opened(clock, Level(50, "next_line"), Level(75, "manager"), Level(90, "admin"))
    ticket = reported(made)
    made.tick()
    clock.advance(hours=9)
    made.tick()
    events = told(made, ticket, "escalated", "overdue")
    assert [(one.args["level"], one.args["coalesced"]) for one in events] == [
        ("50%", []),
        ("90%", ["75% manager"]),
        ("100%", []),
    ]
    assert made.ticket(ticket.number, made.principal("bob")).line == 2


@pytest.mark.requirement("SLA-03", "a step stops on acceptance")
def test_acceptance_ends_what_waits_for_it(clock: MovedClock) -> None:
    made = opened(clock, level("50%", "manager", every="15m", times=4, until="accepted"), Level(90, "admin"))
    ticket = brought_to(made, "IM2.13")
    clock.advance(hours=2.25)
    made.tick()
    made.do("accept", ticket.number, made.principal("carol"))
    clock.advance(hours=1.5)
    made.tick()
    assert [(one.args["level"], one.args["turn"]) for one in told(made, ticket, "escalated")] == [
        ("50%", 2),
        ("90%", 1),
    ]


def test_a_hook_is_told_which_level_was_reached(clock: MovedClock) -> None:
    seen: list[Level | None] = []

    class Watching:
        """Notes what it is asked about."""

        @hookimpl
        def itsmkit_escalate(self, clock: Clock) -> None:
            seen.append(clock.reached)

    made = opened(clock, Level(50, "manager"), watching=Watching())
    ticket = reported(made)
    clock.advance(hours=2)
    made.tick()
    assert seen == [Level(50, "manager")]
    assert made.ticket(ticket.number, made.principal("bob")).clocks[0].reached is None


# SLA-04


@pytest.mark.requirement(
    "SLA-04", "on timeout the incident manager judges whether to escalate, and it is on the ticket"
)
@pytest.mark.parametrize(
    ("verb", "params"), [("escalate", {"why": "the board waits", "to": "admin"}), ("withhold", {"why": "solved soon"})]
)
def test_a_missed_target_is_for_the_incident_manager_to_judge(
    clock: MovedClock, verb: str, params: dict[str, str]
) -> None:
    made = opened(clock, Level(100, "manager"))
    ticket, mia = reported(made), made.principal("mia")
    assert made.queue("to-judge", mia) == ()
    clock.advance(hours=4)
    made.tick()
    assert [one.number for one in made.queue("to-judge", mia)] == [ticket.number]
    made.do("escalate", ticket.number, made.principal("bob"), why="somebody should know", to="manager")
    assert len(made.queue("to-judge", mia)) == 1, "only the incident manager's word settles it"
    made.do(verb, ticket.number, mia, **params)
    assert made.queue("to-judge", mia) == ()
    event = told(made, ticket, verb)[-1]
    assert (event.by, event.args["judged"], event.personal["why"]) == ("person:mia", ["resolution"], params["why"])


def test_there_is_nothing_to_judge_in_time(clock: MovedClock) -> None:
    from itsmkit import BadInput, NotAllowed

    made = opened(clock)
    ticket = reported(made)
    with pytest.raises(BadInput, match="nothing on"):
        made.do("withhold", ticket.number, made.principal("mia"), why="x")
    with pytest.raises(NotAllowed):
        made.do("withhold", ticket.number, made.principal("bob"), why="x")


# looking ahead


def test_the_plan_shows_what_comes_to_whom_and_who_will_be_on_duty(clock: MovedClock) -> None:
    made = opened(
        clock, Level(50, "manager", outside="office"), Level(75, "next_line"), level("due + 6h", "rota:night")
    )
    ticket = reported(made)
    planned = made.escalations(ticket.number, made.principal("bob"))
    hours = [one.at and (one.at - ticket.opened) / HOUR for one in planned]
    assert hours == [2, 3, 4, 10]
    assert [one.reaches for one in planned] == [(), ("team:net",), (), ("person:carol", "person:dave")]
    assert (planned[0].conditions, planned[0].over) == ("outside office", "calendar office is open")
    made.do("wait", ticket.number, made.principal("bob"), reason="customer")
    assert [one.at for one in made.escalations(ticket.number, made.principal("bob"))] == [None] * 4
    made.do("resume", ticket.number, made.principal("bob"))
    clock.advance(days=2)
    made.tick()
    assert made.escalations(ticket.number, made.principal("bob")) == ()


def test_the_plan_comes_true(clock: MovedClock) -> None:
    made = opened(clock, Level(50, "manager"), level("due + 1h", "admin", every="1h", times=3))
    ticket = reported(made)
    planned = [(one.at, one.level, one.turn) for one in made.escalations(ticket.number, made.principal("bob"))]
    while at := made.ticket(ticket.number, made.principal("bob")).due:
        clock.at(at)
        made.tick()
    fired = [(one.at, one.args["level"], one.args["turn"]) for one in told(made, ticket, "escalated", "overdue")]
    assert fired == planned
    assert len(fired) == 5


@pytest.mark.parametrize(
    ("chain", "said"),
    [
        ((Level(50, "nobody"),), "reaches nobody by that word"),
        ((Level(50, "rota:day"),), "there is no rota day"),
        ((Level(50, "rota:night"),), "nobody is on duty by rota night at 2026-03-02 09:00"),
        ((Level(50, "manager", rota="day"),), "there is no rota day, so its condition never holds"),
        ((Level(50, "manager", during="shop"),), "there is no calendar shop"),
        ((Level(50, "manager", during="office", outside="office"),), "can't be reached"),
        ((Level(50, "manager", during="office", days=("sun",)),), "can't be reached"),
        ((Level(50, "team:gone"),), "there is no team gone"),
        (tuple(Level(share, "next_line") for share in (20, 40, 60)), "there is no line behind team acme"),
        ((Level(20, "team:net"), Level(40, "team:acme"), Level(60, "team:net")), "goes in circles, team net"),
    ],
)
def test_the_check_finds_what_can_t_work(clock: MovedClock, chain: tuple[Level, ...], said: str) -> None:
    with opened(clock, *chain) as made:
        flaws = made.escalation_flaws()
        assert any(said in one.said for one in flaws), flaws


def test_the_check_finds_a_role_that_nobody_has(clock: MovedClock) -> None:
    records = (*TEAMS, *SERVICES, *(one for one in PEOPLE if one.id != "mia"))
    with desk(clock, {"chain": Chain(Level(50, "manager"))}, records=records) as made:
        assert any("nobody has the role manager" in one.said for one in made.escalation_flaws())


def test_the_check_finds_strangers_on_a_rota(clock: MovedClock) -> None:
    rota = evolve(NIGHT, team="gone", week=(*NIGHT.week, "mon-fri 08:00-18:00 ghost"))
    with opened(clock, rota=rota) as made:
        said = [one.said for one in made.escalation_flaws() if one.what == "rota night"]
    assert said == ["there is no team gone", "nobody active has the id ghost"]


def test_a_sound_site_has_no_flaws(clock: MovedClock) -> None:
    chain = (
        level("50%", "rota:night", rota="night", outside="office"),
        level("50%", "manager", days="mon-fri", during="office"),
        level("75%", "next_line"),
        level("due + 1h", "admin", every="1h", times=3, until="accepted"),
    )
    manager = evolve(next(one for one in PEOPLE if one.id == "mia"), roles=("manager", "department", "owner"))
    with opened(clock, *chain) as made:
        for _ in made.load([manager], made.principal("root")):
            pass
        assert [one for one in made.escalation_flaws() if "of target" in one.what] == []


def test_a_plugin_may_send_it_to_a_rota(clock: MovedClock) -> None:
    from itsmkit import Escalation

    made = opened(clock, Level(50, "manager"), boss=answering("itsmkit_escalate", Escalation("rota:night", "at night")))
    ticket = reported(made)
    clock.advance(hours=10)
    made.tick()
    assert told(made, ticket, "escalated")[0].args["people"] == ["carol", "dave"]
