"""People, teams and services: loaded once however often, their keys unique, their files read strictly."""

from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve

from itsmkit import BadInput, Desk, Duty, KeyTaken, NotAllowed, Person, Query, Team
from itsmkit.core.people import Difference, read_tables
from itsmkit.testing import PEOPLE, TEAMS, MovedClock, desk


@pytest.fixture
def made(clock: MovedClock) -> Iterator[Desk]:
    with desk(clock, records=()) as opened:
        yield opened
        assert opened.verify().breaches == ()


def loaded(made: Desk, *records: Any, dry_run: bool = False) -> list[Difference]:
    return list(made.load(records, made.service("test"), dry_run=dry_run))


def test_loading_again_changes_nothing(made: Desk) -> None:
    assert {one.sort for one in loaded(made, *TEAMS, *PEOPLE)} == {"new"}
    before = made.verify().events
    assert {one.sort for one in loaded(made, *TEAMS, *PEOPLE)} == {"same"}
    assert made.verify().events == before


def test_what_changed_is_named_and_the_rest_stays(made: Desk) -> None:
    loaded(made, *PEOPLE)
    ann = evolve(PEOPLE[0], phone="+99", department="hr")
    (difference,) = loaded(made, ann)
    assert (difference.id, difference.sort, difference.fields) == ("ann", "changed", ("phone", "department"))
    assert made.principal("phone:+99").person == "ann"
    assert made.principal("bob").name == "Bob Desk"


def test_a_dry_run_loads_nothing(made: Desk) -> None:
    assert {one.sort for one in loaded(made, *PEOPLE, dry_run=True)} == {"new"}
    assert made.find(Query("person"), made.service("test")).items == ()


@pytest.mark.requirement("INC-02", "employee number or phone number is a unique key")
@pytest.mark.parametrize(
    "key", [{"employee": "E1"}, {"phone": "+10"}, {"mails": ("ANN@example.org",)}, {"logins": ("root",)}]
)
def test_unique_keys_are_unique(made: Desk, key: dict[str, Any]) -> None:
    loaded(made, *PEOPLE)
    with pytest.raises(KeyTaken, match=r"twin.* belongs to person"):
        loaded(made, Person(id="twin", name="Twin", **key))


def test_more_than_a_batch_is_loaded_whole(made: Desk) -> None:
    crowd = [Person(id=f"p{number}", name=f"P{number}") for number in range(450)]
    assert len(loaded(made, *crowd)) == 450
    assert made.verify().records["person"] == 450


def test_teams_count_from_the_next_moment(made: Desk) -> None:
    loaded(made, Team(id="new", name="New"))
    assert made.setup.site.team("new") is not None


def test_loading_needs_the_duty(made: Desk) -> None:
    with pytest.raises(NotAllowed, match="administer"):
        list(made.load(PEOPLE, made.service("reader", {Duty.READ_REPORTS})))


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"ann": {"name": "Ann", "emails": ["a@b"]}}, "ann: unknown key emails"),
        ({"ann": {"name": 7}}, "ann: name is 7, where a text is due"),
        ({"ann": {"name": "Ann", "mails": "a@b"}}, "mails is 'a@b', where a list of texts is due"),
        ({"ann": {"name": "Ann", "mails": [7]}}, "list of texts"),
        ({"ann": {"name": "Ann", "active": "yes"}}, "true or false"),
        ({"ann": {}}, "ann: name is missing"),
        ({"ann": "Ann"}, "'ann' is no table"),
        ({"ann": {"name": "Ann", "version": 3}}, "unknown key version"),
        ({"a:b": {"name": "Ann"}}, "colon"),
        ({"": {"name": "Ann"}}, "colon"),
    ],
)
def test_a_file_is_read_strictly(table: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput, match=says) as refusal:
        list(read_tables(Person, table, "people.toml"))
    assert str(refusal.value).startswith("people.toml")


def test_a_whole_number_is_no_yes() -> None:
    with pytest.raises(BadInput, match="line is True"):
        list(read_tables(Team, {"net": {"name": "Net", "line": True}}, "teams.toml"))


def test_a_file_becomes_records() -> None:
    (ann,) = read_tables(Person, {"ann": {"name": "Ann", "mails": ["a@b"], "active": False}}, "people.toml")
    assert ann == Person(id="ann", name="Ann", mails=("a@b",), active=False)
