"""When a visit can be: the hours that all concerned have in common, and the file for their calendars."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from attrs import evolve
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event

from itsmkit import (
    BadInput,
    Contract,
    Desk,
    NotAllowed,
    NotFound,
    Person,
    Rota,
    Scope,
    SettingsError,
    Slot,
    Target,
    Team,
    on_duty,
)
from itsmkit.core.calendar import BusinessHours, is_open
from itsmkit.core.calendar_table import calendars_from_dict
from itsmkit.core.model.work_order import WorkOrder
from itsmkit.core.rota import openings
from itsmkit.core.visiting import AHEAD, slots
from itsmkit.testing import MovedClock, answering, brought_to, desk
from itsmkit.testing.desks import OFFICE_TABLE, PEOPLE, SERVICES, TEAMS, desk_settings
from tests.core.test_dispatch import APPROVED, ROLES, Model, does, order

INC_23 = "INC-23"
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
BERLIN = calendars_from_dict(
    {
        "site": {"zone": "Europe/Berlin", "week": {"mon-sun": ["00:00-24:00"]}},
        "night": {"zone": "Europe/Berlin", "week": {"mon-sun": ["22:10-03:40", "04:05-06:00"]}},
        "day": {"zone": "Asia/Shanghai", "week": {"mon-sat": ["08:20-12:00", "13:00-18:00"]}},
        "late": {"zone": "America/New_York", "week": {"mon-sun": ["20:30-01:45"]}},
    }
)
SPRING, AUTUMN = datetime(2026, 3, 28, 20, 7, tzinfo=UTC), datetime(2026, 10, 24, 20, 7, tzinfo=UTC)


def walked(
    hours: list[BusinessHours], minutes: int, after: datetime, taken: list[tuple[datetime, datetime]], days: int
) -> Iterator[Slot]:
    """The same by a walk minute by minute: where everybody is there for every minute of it."""
    every = [after - MINUTE + n * MINUTE for n in range(days * 24 * 60 + 1)]
    together = {at for at in every if all(is_open(one, at) for one in hours)}
    free = {at for at in together if not any(begin <= at < end for begin, end in taken)}
    free_from = after
    for at in every[1:]:
        begins = at.minute % 15 == 0 or (at in together and at - MINUTE not in together)
        if begins and at >= free_from and all(at + n * MINUTE in free for n in range(minutes)):
            yield Slot(at, free_from := at + minutes * MINUTE)


@pytest.mark.requirement(INC_23, "the five earliest common slots of the work's length, by the hours of all concerned")
@settings(max_examples=25)
@given(
    st.lists(st.sampled_from(sorted(BERLIN)), min_size=1, max_size=3, unique=True),
    st.integers(1, 240),
    st.one_of(st.just(SPRING), st.just(AUTUMN), st.integers(0, 366 * 24 * 60).map(lambda n: SPRING + n * MINUTE)),
    st.lists(st.tuples(st.integers(-60, 2_000), st.integers(1, 500)), max_size=3),
)
@example(["site", "night"], 60, SPRING, [])
@example(["site", "night"], 60, AUTUMN, [])
@example(["day"], 45, SPRING, [(200, 90)])
def test_the_slots_are_those_that_a_walk_minute_by_minute_finds(
    names: list[str], minutes: int, after: datetime, visits: list[tuple[int, int]]
) -> None:
    hours = [BERLIN[one] for one in names]
    taken = [(after + at * MINUTE, after + (at + length) * MINUTE) for at, length in visits]
    spans = [(round(begin.timestamp() * 1000), round(end.timestamp() * 1000)) for begin, end in taken]
    found = slots([one.openings for one in hours], minutes, after, spans, ahead=2 * DAY)
    assert list(found) == list(walked(hours, minutes, after, taken, 2))


ROTA = Rota(
    id="net",
    name="Networks",
    zone="Europe/Berlin",
    week=("mon-fri 08:00-18:00 ann bob", "mon-sun 18:00-08:00 in turn ann carol"),
    dates=("2026-12-24 08:00-12:00 ann", "2026-12-25"),
)


@given(st.integers(0, 366 * 24 * 4), st.sampled_from(["ann", "bob", "carol"]))
def test_a_person_s_duties_are_when_the_roster_says_so(quarters: int, person: str) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC) + 15 * quarters * MINUTE
    found = openings(ROTA, person)
    assert found is not None
    assert found.contain(at) == (person in on_duty(ROTA, at))


def test_who_stands_on_no_line_of_a_roster_has_no_duty_by_it() -> None:
    assert openings(ROTA, "dave") is None


# on a desk

HOURS = {
    "office": OFFICE_TABLE,
    "shop": {"zone": "UTC", "week": {"tue-sat": ["08:00-12:30"]}},
    "field": {"zone": "UTC", "week": {"mon-thu": ["10:00-16:00"]}},
    "acme": {"zone": "UTC", "week": {"thu": ["11:00-12:00"]}},
}


def opened(
    clock: MovedClock, *records: Any, hours: dict[str, str] | None = None, agreements: tuple[Target, ...] = ()
) -> Desk:
    rules = evolve(APPROVED, customer_hours={"Shop 7": "shop"} if hours is None else hours)
    told = evolve(desk_settings(rules=rules, order=("offices",)), calendars=calendars_from_dict(HOURS))
    teams = [evolve(one, calendar="field") if one.id == "net" else one for one in TEAMS]
    people = [*PEOPLE, *(Person(id=role, name=role.capitalize(), roles=(role,)) for role in ROLES)]
    given = {
        "offices": answering("itsmkit_organisation", Model()),
        "promises": answering("itsmkit_agreements", agreements),
    }
    return desk(clock, given, settings=told, records=(*teams, *SERVICES, *people, *records))


def approved(made: Desk, technicians: str = "carol", along: str = "", place: str = "Shop 7") -> WorkOrder:
    ticket = brought_to(made, "IM3.1", place=place)
    made.do("ask-dispatch", ticket.number, made.principal("carol"), reason="the boss shouts at us")
    does(made, "project", "decide", needed=True, technicians=technicians, along=along)
    return does(made, "director", "approve")


def starts(made: Desk, minutes: int = 60, by: str = "bob", after: datetime | None = None) -> list[str]:
    offer = made.slots(order(made).number, made.principal(by), minutes, after)
    return [f"{one.starts:%a %H:%M}" for one in offer.slots]


@pytest.mark.requirement(INC_23, "the five earliest common slots of the work's length, by the hours of all concerned")
def test_a_visit_is_offered_when_customer_and_technician_are_there(clock: MovedClock) -> None:
    made = opened(clock)
    first = approved(made)
    # The shop opens Tuesday to Saturday until 12:30, the team goes Monday to Thursday from 10:00.
    assert starts(made) == ["Tue 10:00", "Tue 11:00", "Wed 10:00", "Wed 11:00", "Thu 10:00"]
    assert starts(made, 120) == ["Tue 10:00", "Wed 10:00", "Thu 10:00", "Tue 10:00", "Wed 10:00"]
    assert starts(made, after=clock() + 2 * DAY + timedelta(hours=1, minutes=20))[0] == "Wed 10:30"
    offer = made.slots(first.number, made.principal("bob"))
    assert [(one.who, one.by) for one in offer.hours] == [("customer", "shop"), ("carol", "field")]
    done = does(made, "bob", "schedule", at=offer.slots[0].starts, minutes=60)
    assert done.starts == offer.slots[0].starts


@pytest.mark.requirement(INC_23, "the five earliest common slots of the work's length, by the hours of all concerned")
def test_the_vendor_s_hours_count_where_its_staff_go_along(clock: MovedClock) -> None:
    vera = Person(id="vera", name="Vera", roles=("support",), teams=("acme2",), vendor="acme")
    made = opened(clock, vera, Team(id="acme2", name="Acme Inc.", line=3, vendor="acme", calendar="acme"))
    approved(made, along="vera")
    assert starts(made, 45) == ["Thu 11:00"] * 5
    with pytest.raises(BadInput, match=r"no 61 minutes .* customer \(shop\), carol \(field\), vera \(acme\)"):
        starts(made, 61)


@pytest.mark.requirement(INC_23, "the five earliest common slots of the work's length, by the hours of all concerned")
def test_the_hours_of_a_vendor_that_has_the_ticket_are_those_that_its_contract_promises(clock: MovedClock) -> None:
    promised = Target("resolution", 3600, "acme", kind="contract", party="acme")
    made = opened(clock, hours={}, agreements=(promised,))
    ticket = brought_to(made, "IM3.1")
    made.do("ask-dispatch", ticket.number, made.principal("carol"), reason="two must go")
    made.do("hand-over", ticket.number, made.principal("carol"), text="theirs")
    does(made, "project", "decide", needed=True, technicians="dave")
    assert starts(made) == ["Thu 11:00"] * 5
    offer = made.slots(order(made).number, made.principal("bob"))
    assert [(one.who, one.by) for one in offer.hours] == [("customer", "office"), ("dave", "office"), ("acme", "acme")]


def test_a_vendor_without_a_calendar_keeps_the_site_s_hours(clock: MovedClock) -> None:
    vera = Person(id="vera", name="Vera", roles=("support",), teams=("acme",), vendor="acme")
    covered = Contract(id="c", name="C", vendor="acme", categories=("network",))
    made = opened(clock, vera, covered)
    approved(made, technicians="vera", place="elsewhere")
    assert starts(made, 240) == ["Mon 09:00", "Mon 13:00", "Tue 09:00", "Tue 13:00", "Wed 09:00"]


@pytest.mark.requirement(INC_23, "who has duty by the roster goes when they have it")
def test_the_roster_of_the_technician_s_team_counts(clock: MovedClock) -> None:
    rota = Rota(id="field", name="Field", team="net", week=("wed 06:00-10:00 carol", "thu 06:00-20:00 dave"))
    made = opened(clock, rota)
    approved(made)
    assert starts(made) == ["Wed 08:00", "Wed 09:00"] * 2 + ["Wed 08:00"]


@pytest.mark.requirement(INC_23, "nobody is offered for two visits at once")
def test_visits_agreed_for_those_who_go_are_kept_free(clock: MovedClock) -> None:
    made = opened(clock)
    first = approved(made)
    tuesday = clock() + DAY
    does(made, "bob", "schedule", at=tuesday + timedelta(hours=1), minutes=80)  # 10:00 to 11:20
    ticket = brought_to(made, "IM3.1", place="Shop 7", title="Another matter altogether")
    carol, bob = made.principal("carol"), made.principal("bob")
    asked = made.do("ask-dispatch", ticket.number, carol, reason="as well")
    (second,) = [one.number for one in asked.children if one.type == "work_order"]
    made.do("decide", second, made.principal("project"), needed=True, technicians="carol")
    assert [f"{one.starts:%a %H:%M}" for one in made.slots(second, bob).slots][:2] == ["Tue 11:30", "Wed 10:00"]
    # Its own time is free for the visit that is put off.
    assert f"{made.slots(first.number, bob).slots[0].starts:%a %H:%M}" == "Tue 10:00"
    made.do("move", first.number, bob, reason="the shop is closed")
    assert f"{made.slots(second, bob).slots[0].starts:%a %H:%M}" == "Tue 10:00"


def test_impossible_common_times_are_told_in_one_line_and_not_looked_for_without_end(clock: MovedClock) -> None:
    made = opened(clock, hours={"shop 7": "acme"})
    approved(made, technicians="dave")  # the site's hours
    with pytest.raises(BadInput, match=f"no 90 minutes in the {AHEAD.days} days") as told:
        starts(made, 90)
    assert "\n" not in str(told.value)
    for absurd in (-1, AHEAD.days * 24 * 60 + 1):
        with pytest.raises(BadInput, match="1 minute or more"):
            starts(made, absurd)


def test_slots_are_for_those_who_agree_the_visit_and_see_the_order(clock: MovedClock) -> None:
    made = opened(clock)
    number = approved(made).number
    for by, refusal in (("ann", NotAllowed), ("project", NotAllowed), ("otto", NotFound)):
        with pytest.raises(refusal):
            made.slots(number, made.principal(by))
    with pytest.raises(NotFound):
        made.slots(order(made).about, made.principal("bob"))


def test_who_was_asked_along_is_named_to_nobody_who_is_not_shown_it(clock: MovedClock) -> None:
    made = opened(clock)
    number = approved(made, along="dave").number
    bob = made.principal("bob")
    outside = evolve(bob, scope=Scope(frozenset(order(made).reach), frozenset({"public", "vendor"})))
    inside, shown = made.slots(number, bob), made.slots(number, outside)
    assert (inside.going, shown.going) == (("carol", "dave"), ("carol",))
    assert inside.slots == shown.slots
    assert [one.who for one in shown.hours] == ["customer", "carol"]
    with pytest.raises(BadInput) as told:
        made.slots(number, outside, 300)
    assert "dave" not in str(told.value)


def test_an_order_that_sends_nobody_or_is_over_has_no_slots(clock: MovedClock) -> None:
    made = opened(clock)
    ticket = brought_to(made, "IM3.1")
    made.do("ask-dispatch", ticket.number, made.principal("carol"), reason="dark")
    with pytest.raises(BadInput, match="nobody is to go"):
        starts(made)
    does(made, "project", "decide", needed=False)
    with pytest.raises(BadInput, match="is over"):
        starts(made)


def test_a_calendar_of_a_customer_that_isn_t_there_is_refused_at_the_start(clock: MovedClock) -> None:
    with pytest.raises(SettingsError, match=r"customer_hours\.north: there is no calendar 'gone'"):
        opened(clock, hours={"north": "gone"})
    made = opened(clock, Team(id="far", name="Far", calendar="moon"))
    assert "teams name calendars that calendars.toml lacks: moon" in made.troubles


def test_a_year_of_slots_comes_quickly_and_ends(clock: MovedClock) -> None:
    every = slots([BERLIN["site"].openings], 60, clock(), ahead=timedelta(days=366))
    assert sum(1 for _ in islice(every, 10_000)) == 366 * 24


# the calendar file


def event(made: Desk, by: str = "bob", language: str = "") -> tuple[Calendar, Event]:
    """The file as a program reads it."""
    read = Calendar.from_ical(made.calendar_file(order(made).number, made.principal(by), language))
    assert isinstance(read, Calendar)
    (one,) = read.walk("VEVENT")
    assert isinstance(one, Event)
    assert one.errors == []
    return read, one


@pytest.mark.requirement(INC_23, "a calendar file for those concerned")
def test_the_file_says_who_comes_when_where_and_what_is_prepared(clock: MovedClock) -> None:
    made = opened(clock)
    approved(made, along="dave")
    with pytest.raises(BadInput, match="no visit is agreed"):
        event(made)
    at = clock() + DAY
    does(made, "bob", "schedule", at=at, minutes=90, place="Shop 7", needs="a key; the; boss,\nand coffee")
    read, one = event(made)
    assert (read["METHOD"], one["STATUS"], one["SEQUENCE"]) == ("REQUEST", "CONFIRMED", 1)
    assert (one.start, one.end, one["DTSTAMP"].dt) == (at, at + timedelta(minutes=90), clock())
    assert (one["UID"], one["LOCATION"]) == (f"{order(made).id}@desk.example.org", "Shop 7")
    assert one["SUMMARY"] == f"The network is down [{order(made).about}]"
    assert one["DESCRIPTION"] == (
        "Who comes: Carol Net\nPlease prepare: a key; the; boss,\nand coffee\n"
        "Brought along: latest installer, user manual, latest patches, on-site service record"
    )
    assert [str(who) for who in one["ATTENDEE"]] == [f"mailto:{who}@example.org" for who in ("carol", "dave", "ann")]
    assert event(made, language="zh")[1]["DESCRIPTION"].startswith("上门人员：Carol Net\n请您配合：")


@pytest.mark.requirement(INC_23, "the customer's copy holds nothing internal")
def test_the_customer_s_copy_holds_nothing_internal(clock: MovedClock) -> None:
    made = opened(clock)
    approved(made, along="dave")
    does(made, "bob", "schedule", at=clock() + DAY, place="Shop 7")
    text = made.calendar_file(order(made).number, made.principal("ann"))
    assert "ann@example.org" in text
    assert not [word for word in ("shouts", "dave", "carol@", "project", "director") if word in text]
    with pytest.raises(NotFound):
        made.calendar_file(order(made).number, made.principal("otto"))


@pytest.mark.requirement(INC_23, "a visit put off or cancelled goes out of the calendars again")
def test_what_is_put_off_or_cancelled_is_the_same_event_and_a_newer_word_of_it(clock: MovedClock) -> None:
    made = opened(clock)
    approved(made)
    does(made, "bob", "schedule", at=clock() + DAY, place="Shop 7")
    first = event(made)[1]["UID"]
    does(made, "bob", "move", reason="nobody is there")
    read, one = event(made)
    assert (read["METHOD"], one["STATUS"], one["SEQUENCE"], one["UID"]) == ("CANCEL", "CANCELLED", 2, first)
    does(made, "bob", "schedule", at=clock() + 2 * DAY, place="Shop 7")
    read, one = event(made)
    assert (read["METHOD"], one["SEQUENCE"], one["UID"], one.start) == ("REQUEST", 3, first, clock() + 2 * DAY)
    does(made, "bob", "cancel", reason="it works again")
    read, one = event(made)
    assert (read["METHOD"], one["SEQUENCE"], one["UID"]) == ("CANCEL", 4, first)
