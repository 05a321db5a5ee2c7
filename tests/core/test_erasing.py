"""Erasure: what goes, what stays, what forbids it, and that a stop loses nothing."""

import pytest
from attrs import evolve

from itsmkit import (
    BadInput,
    Contact,
    Desk,
    Message,
    NotAllowed,
    NotFound,
    NoticeDraft,
    Person,
    Query,
    Report,
    Retention,
    Scope,
    Ticket,
)
from itsmkit.testing import PEOPLE, MovedClock, answering, brought_to, desk, desk_settings, reported

ALL = Scope.system("test")


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def made(clock: MovedClock) -> Desk:
    told = answering("itsmkit_notify", [NoticeDraft("r", "requester", "nowhere", "t", {"said": "to Ann"})])
    made = desk(clock, {"told": told})
    made.do("follow-up", brought_to(made, "IM5.6", title="Ann's printer").number, made.principal("bob"), result="fine")
    made.tick()
    return made


def erased(made: Desk, person: str = "ann", **choices: bool) -> list[tuple[str, str]]:
    return [
        (one.type, one.id)
        for one in made.operator(made.principal("root")).erase(person, "letter of 2 March", **choices)
    ]


def ticket(made: Desk, number: str = "T26-000001") -> Ticket:
    return made.ticket(number, made.principal("bob"))


def test_what_names_the_person_goes_and_the_figures_stay(made: Desk) -> None:
    before = ticket(made)
    assert {type_ for type_, _ in erased(made)} == {"ticket", "received", "notice", "person"}
    after = ticket(made)
    assert (after.title, after.text, after.contact, after.attachments, after.erased) == ("", "", Contact(), (), "all")
    stays = ("number", "opened", "resolved", "closed", "category", "priority", "status", "requester", "due")
    assert [getattr(after, name) for name in stays] == [getattr(before, name) for name in stays]
    assert [(one.at, one.what) for one in after.timeline] == [(one.at, one.what) for one in before.timeline]
    assert all(event.personal is None for event in made.history(after.number, made.principal("bob")))
    assert made.find(Query("ticket", like=("printer",)), made.principal("bob")).items == ()
    person = made.setup.store.get("person", "ann", ALL)
    assert isinstance(person, Person)
    assert (person.name, person.mails, person.phone, person.active, person.erased) == ("", (), "", False, True)
    assert made.setup.store.get("person", "mail:ann@example.org", ALL) is None
    assert made.verify().breaches == ()


def test_who_was_erased_can_do_nothing_and_is_not_loaded_again(made: Desk) -> None:
    erased(made)
    with pytest.raises(NotFound):
        made.principal("ann")
    (difference,) = made.load([PEOPLE[0]], made.principal("root"))
    assert difference.sort == "erased"
    assert made.setup.store.get("person", "phone:+10", ALL) is None


def test_the_journal_keeps_who_erased_and_why(made: Desk) -> None:
    erased(made)
    (event,) = (one for one in made.setup.store.history("person", "ann", ALL) if one.code == "erased")
    assert event.by == "person:root"
    assert event.personal == {"reason": "letter of 2 March"}


def test_a_dry_run_lists_all_and_changes_nothing(made: Desk) -> None:
    before = ticket(made)
    listed = erased(made, dry_run=True)
    assert ticket(made) == before
    assert erased(made) == listed


def test_open_tickets_are_touched_only_when_that_is_said(made: Desk) -> None:
    number = reported(made, "still open").number
    with pytest.raises(BadInput, match=f"open tickets: {number}.*--open-too"):
        erased(made)
    assert ticket(made).title == "Ann's printer"
    erased(made, open_too=True)
    assert ticket(made, number).title == ""
    made.tick()
    assert made.verify().breaches == ()


@pytest.mark.parametrize("hold", ["ann", "T26-000001"])
def test_a_legal_hold_forbids_it(made: Desk, clock: MovedClock, hold: str) -> None:
    held = desk(clock, settings=desk_settings(retention=Retention(hold=(hold,))), store=made.setup.store, seed=1)
    with pytest.raises(NotAllowed, match=f"hold keeps {hold}"):
        erased(held)


def test_it_takes_a_reason_a_known_person_and_the_duty(made: Desk) -> None:
    root = made.principal("root")
    with pytest.raises(BadInput, match="needs a reason"):
        list(made.operator(root).erase("ann", " "))
    with pytest.raises(NotFound):
        list(made.operator(root).erase("nobody", "x"))
    with pytest.raises(NotAllowed):
        made.operator(made.principal("bob")).erase("ann", "x")


def test_what_a_stranger_reported_before_anybody_knew_them_goes_too(clock: MovedClock) -> None:
    report = Report("locked out", contact=Contact(name="Nina New", mail="Nina@Example.org"))
    made = desk(clock, {"mail": answering("itsmkit_intake", report)})
    number = made.receive(Message(b"mail", "email")).number
    list(made.load([Person(id="nina", name="Nina New", mails=("nina@example.org",))], made.principal("root")))
    erased(made, "nina", open_too=True)
    assert ticket(made, number).contact == Contact()


def test_others_are_left_alone(made: Desk) -> None:
    other = reported(made, "Otto's matter", by="otto")
    erased(made)
    assert ticket(made, other.number) == other
    assert made.principal("otto").name == "Otto Other"


def test_an_erasure_killed_after_any_record_goes_on_to_the_same_end(clock: MovedClock) -> None:
    left = 0

    def spend(point: str) -> None:
        nonlocal left
        if point == "erased":
            left -= 1
            if left == 0:
                raise Killed

    told = answering("itsmkit_notify", [NoticeDraft("r", "requester", "nowhere", "t", {"said": "to Ann"})])
    made = desk(clock, {"told": told}, on_point=spend)
    for number in range(2):
        reported(made, f"matter {number}")
    made.tick()
    wanted, kills, done = len(erased(made, dry_run=True, open_too=True)), 0, 0
    while True:
        left = 2
        try:
            done += len(erased(made, open_too=True))
            break
        except Killed:
            kills += 1
            done += 2
    assert kills > 3
    assert done == wanted
    assert made.verify().breaches == ()
    assert erased(made, open_too=True) == []


def test_words_that_come_in_after_an_erasure_go_with_the_next(made: Desk) -> None:
    number = reported(made, "open").number
    erased(made, open_too=True)
    made.do("comment", number, made.principal("bob"), text="Ann called")
    assert ("ticket", ticket(made, number).id) in erased(made, open_too=True)
    assert ticket(made, number) == evolve(ticket(made, number), erased="all")
