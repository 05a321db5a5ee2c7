from attrs import fields
from hypothesis import given
from hypothesis import strategies as st

from itsmkit.core.access import masked, masked_history, may, reach
from itsmkit.core.journal import seal
from itsmkit.core.model.event import Draft, Event
from itsmkit.core.model.organisation import Duty, Principal
from itsmkit.core.model.query import Scope
from itsmkit.core.model.ticket import TICKET, Contact, Ticket
from itsmkit.testing.builders import AT, salts, ticket
from itsmkit.testing.strategies import drafts, scopes, tickets

HISTORIES = st.lists(drafts(), max_size=8).map(lambda some: seal("r1", 0, "", some, at=AT, salts=salts(), cause="c"))
INSIDE, OUTSIDE = frozenset({"public", "internal"}), frozenset({"public"})


def test_a_ticket_reaches_its_people_team_department_and_vendor_once_each() -> None:
    one = ticket(
        1, requester="17", owner="4", assignee="4", team="net", department="fin", vendor="acme", text="person:99"
    )
    assert reach(one) == ("person:17", "person:4", "team:net", "dept:fin", "vendor:acme")
    assert reach(ticket(2)) == ()


@given(tickets(), scopes())
def test_what_a_scope_isn_t_shown_is_as_if_it_had_never_been_set(one: Ticket, scope: Scope) -> None:
    shown = masked(TICKET, one, scope)
    assert isinstance(shown, Ticket)
    unseen = set() if scope.hears("internal") else {"version", "head", "reach", *TICKET.internal}
    unseen -= set(TICKET.vendor) if scope.hears("vendor") else set()
    for field in fields(Ticket):
        expected = field.default if field.name in unseen else getattr(one, field.name)
        if field.name == "contact" and not scope.personal:
            expected = Contact(name=one.contact.name, department=one.contact.department)
        assert getattr(shown, field.name) == expected


@given(HISTORIES, scopes())
def test_a_history_shows_what_is_for_the_scopes_ears_and_nothing_else(events: tuple[Event, ...], scope: Scope) -> None:
    shown = masked_history(events, scope, 0, 1000)
    assert [event.code for event in shown] == [event.code for event in events if scope.hears(event.audience)]


@given(HISTORIES)
def test_an_outsiders_history_tells_neither_gaps_nor_digests_nor_reasons(events: tuple[Event, ...]) -> None:
    shown = masked_history(events, Scope(frozenset(), OUTSIDE), 0, 1000)
    assert [event.seq for event in shown] == list(range(1, len(shown) + 1))
    for event in shown:
        assert (event.text, event.digest, event.cause, event.salt, event.personal_text) == ("",) * 5
        assert dict(event.why) == {}


@given(HISTORIES, scopes(), st.integers(1, 4))
def test_a_history_read_in_pieces_is_the_history(events: tuple[Event, ...], scope: Scope, limit: int) -> None:
    whole, pieces, after = masked_history(events, scope, 0, 1000), [], 0
    while piece := masked_history(events, scope, after, limit):
        pieces += piece
        after = piece[-1].seq
    assert tuple(pieces) == whole


def test_an_insiders_numbers_stay_as_they_are() -> None:
    some = [Draft("a", "core", audience="vendor:acme"), Draft("b", "core"), Draft("c", "core", audience="public")]
    events = seal("r1", 0, "", some, at=AT, salts=salts())
    assert masked_history(events, Scope(frozenset(), INSIDE), 0, 10) == events[1:]


def test_one_of_the_duties_is_enough_and_none_is_not() -> None:
    agent = Principal("person:1", frozenset({Duty.RECORD, Duty.HANDLE}), Scope())
    assert may(agent, frozenset({Duty.HANDLE, Duty.MANAGE}))
    assert not may(agent, frozenset({Duty.MANAGE}))
    assert not may(agent, frozenset())
