"""How notices go out: when recipients want and work, within bounds, by ways that are open; and what is given up."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from itsmkit import (
    BadInput,
    Channel,
    Conflict,
    Desk,
    Lane,
    NotAllowed,
    NotDelivered,
    Notice,
    Notification,
    NotifyRule,
    On,
    Query,
    Retention,
    Scope,
    Sent,
    Store,
    Test,
    Ticket,
    Unit,
    hookimpl,
)
from itsmkit.core.allowances import answered_by_a_machine, free_at, taken
from itsmkit.core.model.notice import Allowance, Slot
from itsmkit.core.people import everything
from itsmkit.core.posting import IN_ONE
from itsmkit.core.relay import relay
from itsmkit.core.retaining import expired
from itsmkit.testing import PEOPLE, SERVICES, TEAMS, MovedClock, answering, desk, desk_settings, reported
from itsmkit.testing.desks import PlainModel

ALL = Scope.system("test")
NIGHT = tuple(evolve(one, calendar="office") for one in TEAMS)
OPEN = On("opened")


class Post:
    """Channels that keep what they deliver, and fail as they are told."""

    def __init__(self, *channels: Channel, deliver: Callable[[Notice], Any] | None = None) -> None:
        self.channels = channels or (
            Channel("email", budgeted=True, own=("desk@example.org",)),
            Channel("chat", group=True),
        )
        self.sent = list[Notice]()
        self.deliver = deliver

    @hookimpl
    def itsmkit_channels(self) -> tuple[Channel, ...]:
        return self.channels

    @hookimpl
    def itsmkit_deliver(self, notice: Notice) -> Any:
        if notice.channel not in {one.name for one in self.channels}:
            return None
        answer = self.deliver(notice) if self.deliver else Sent("ok")
        self.sent.append(notice)
        return answer


def made(clock: MovedClock, post: Post, *rules: NotifyRule, teams: Any = TEAMS, **bounds: Any) -> Desk:
    notify = Notification(rules=rules, off=tuple(one.name for one in Notification().in_force), **bounds)
    settings = evolve(desk_settings(order=("post",)), notify=notify)
    return desk(clock, {"post": post}, settings=settings, records=(*teams, *SERVICES, *PEOPLE))


def notices(desk: Desk) -> list[Notice]:
    return [one for one in everything(desk.setup.store, "notice") if isinstance(one, Notice)]


def states(desk: Desk) -> dict[str, int]:
    found = [one.state for one in notices(desk)]
    return {state: found.count(state) for state in sorted(set(found))}


def codes(desk: Desk, ticket: Ticket) -> list[str]:
    return [one.code for one in desk.history(ticket.number, desk.service("test"))]


TO_BOB = NotifyRule("own", "person:bob", (OPEN,))
TO_ANN = NotifyRule("own", "requester", (OPEN,), confirms=True)


def test_without_a_word_from_the_site_the_shipped_rules_tell(clock: MovedClock) -> None:
    post = Post()
    made = desk(clock, {"post": post})
    reported(made)
    made.tick()
    assert "received" in {one.rule for one in post.sent}
    assert all(one.why.startswith(f"rule {one.rule}: ") for one in post.sent)


def test_rules_for_channels_that_nobody_offers_tell_nobody_and_doctor_says_so(clock: MovedClock) -> None:
    made_ = made(clock, Post(), evolve(TO_BOB, channel="pigeon"))
    reported(made_)
    made_.tick()
    assert notices(made_) == []
    assert any("pigeon" in one for one in made_.troubles)


def test_a_group_gets_one_notice_whoever_it_is_about(clock: MovedClock) -> None:
    post = Post()
    made_ = made(clock, post, NotifyRule("ops", "channel", (OPEN,), ("priority",), channel="chat"))
    reported(made_)
    made_.tick()
    assert [(one.recipient, one.address) for one in post.sent] == [("channel", "")]


def test_a_group_hears_once_of_what_several_of_its_people_are_told(clock: MovedClock) -> None:
    post = Post()
    made_ = made(clock, post, NotifyRule("ops", "role:support", (OPEN,), channel="chat"))
    reported(made_)
    made_.tick()
    assert len(post.sent) == 1


def test_explain_tells_why_somebody_was_told(clock: MovedClock) -> None:
    made_ = made(clock, Post(), TO_BOB)
    ticket = reported(made_)
    made_.tick()
    (notice,) = made_.explain(ticket.number, made_.principal("bob")).notices
    assert (notice.why, notice.recipient, notice.state) == ("rule own: opened -> person:bob", "person:bob", "sent")


def test_what_staff_are_told_is_none_of_the_requester_s_business(clock: MovedClock) -> None:
    made_ = made(clock, Post(), TO_BOB, evolve(TO_ANN, name="mine"))
    ticket = reported(made_)
    made_.tick()
    seen = made_.explain(ticket.number, made_.principal("ann")).notices
    assert [one.rule for one in seen] == ["mine"]
    assert made_.find(Query("notice", (Test("recipient", value="person:bob"),)), made_.principal("ann")).items == ()


# subscriptions


def test_who_doesn_t_want_a_rule_isn_t_told_and_one_sees_why(clock: MovedClock) -> None:
    post = Post()
    made_ = made(clock, post, TO_BOB)
    made_.subscribe(made_.principal("bob"), "own", want=False)
    reported(made_)
    made_.tick()
    assert post.sent == []
    assert [(one.state, one.error) for one in notices(made_)] == [("dropped", "the recipient doesn't want it")]
    made_.subscribe(made_.principal("bob"), "own", want=True)
    reported(made_, "another")
    made_.tick()
    assert len(post.sent) == 1
    assert made_.verify().breaches == ()


def test_a_firm_rule_can_t_be_left_not_even_by_leaving_all(clock: MovedClock) -> None:
    post = Post()
    made_ = made(clock, post, evolve(TO_BOB, firm=True))
    with pytest.raises(BadInput, match="firm"):
        made_.subscribe(made_.principal("bob"), "own", want=False)
    made_.subscribe(made_.principal("bob"), "*", want=False)
    reported(made_)
    made_.tick()
    assert len(post.sent) == 1


def test_subscribers_are_told_as_far_as_they_may_see_the_ticket(clock: MovedClock) -> None:
    post = Post()
    made_ = made(clock, post, NotifyRule("watch", "subscribers", (OPEN,)))
    for person in ("mia", "otto"):
        made_.subscribe(made_.principal(person), "watch")
    reported(made_)
    made_.tick()
    assert {one.address for one in post.sent} == {"mia@example.org"}
    assert states(made_) == {"dropped": 1, "sent": 1}


@pytest.mark.parametrize("to", ["subscribers", "person:ann"])
@pytest.mark.parametrize("digest", ["", "hourly"])
def test_internal_words_reach_no_recipient_who_isn_t_shown_them(clock: MovedClock, to: str, digest: str) -> None:
    post = Post()
    made_ = made(clock, post, NotifyRule("watch", to, (On("comment"),), ("said",), digest=digest), per_ticket_minutes=0)
    for person in ("ann", "mia"):
        made_.subscribe(made_.principal(person), "watch")
    ticket = reported(made_)
    made_.do("comment", ticket.number, made_.principal("bob"), text="she is difficult")
    made_.do("comment", ticket.number, made_.principal("bob"), text="on its way", public=True)
    for _ in range(2):
        made_.tick()
        clock.advance(hours=1)
    told = {one.args["said"] for one in post.sent if one.address == "ann@example.org"}
    assert told == {"on its way"}
    dropped = [(one.recipient, one.error) for one in notices(made_) if one.state == "dropped"]
    assert dropped == [("person:ann", "may not see it")]
    assert made_.verify().breaches == ()


def test_a_channel_of_one_s_own_choice(clock: MovedClock) -> None:
    post = Post(Channel("email", budgeted=True), Channel("sms"))
    made_ = made(clock, post, TO_BOB)
    made_.subscribe(made_.principal("bob"), "*", channel="sms")
    reported(made_)
    made_.tick()
    assert [one.channel for one in post.sent] == ["sms"]


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        ({"rule": "typo"}, "unknown rule 'typo'; the site knows \\*, own"),
        ({"rule": "own", "channel": "pigeon"}, "unknown channel"),
        ({"rule": "own", "channel": "chat"}, "unknown channel 'chat'; the site knows , email"),
        ({"rule": "own", "digest": "weekly"}, "unknown digest"),
    ],
)
def test_a_choice_that_can_t_be_is_refused(clock: MovedClock, choice: dict[str, Any], says: str) -> None:
    made_ = made(clock, Post(), TO_BOB)
    with pytest.raises(BadInput, match=says):
        made_.subscribe(made_.principal("bob"), **choice)


def test_only_an_administrator_chooses_for_others(clock: MovedClock) -> None:
    made_ = made(clock, Post(), TO_BOB)
    with pytest.raises(NotAllowed):
        made_.subscribe(made_.principal("bob"), "own", want=False, person="mia")
    made_.subscribe(made_.principal("root"), "own", digest="daily", person="mia")
    (chosen,) = made_.subscriptions(made_.principal("mia"))
    assert (chosen.person, chosen.digest) == ("mia", "daily")
    with pytest.raises(NotAllowed):
        made_.subscriptions(made_.principal("bob"), "mia")
    with pytest.raises(BadInput, match="which person"):
        made_.subscribe(made_.service("robot"), "own")


# digests and duty hours


def test_a_digest_tells_together_what_came_in_its_time_and_survives_a_restart(clock: MovedClock) -> None:
    post = Post()
    first = made(clock, post, evolve(TO_BOB, digest="hourly"))
    tickets = [reported(first, f"matter {number}") for number in range(3)]
    first.tick()
    assert states(first) == {"held": 3, "waiting": 1}
    assert post.sent == []
    notify = first.settings.notify
    second = desk(
        clock, {"post": post}, settings=evolve(desk_settings(), notify=notify), store=first.setup.store, seed=1
    )
    clock.advance(minutes=59)
    assert second.tick().post == 0
    clock.advance(minutes=1)
    second.tick()
    (digest,) = post.sent
    assert (digest.template, digest.address, digest.args["count"]) == ("digest", "bob@example.org", 3)
    assert sorted(one["number"] for one in digest.args["items"]) == sorted(one.number for one in tickets)
    assert states(second) == {"sent": 4}
    assert second.verify().breaches == ()


class Contended:
    """A store in which somebody is always quicker with a digest."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, *units: Unit) -> Any:
        for unit in units:
            for one in unit.changes:
                if isinstance(one.after, Notice) and one.after.template == "digest":
                    return (Conflict("notice", one.after.id, one.after.version, None),)
        return self._store.commit(*units)


@pytest.mark.requirement("SLA-06", "nothing due is lost: a digest that is never still is not waited for")
def test_what_finds_no_still_digest_goes_by_itself(clock: MovedClock) -> None:
    post = Post()
    made_ = made(clock, post, evolve(TO_BOB, digest="hourly"))
    reported(made_)
    store = made_.setup.store
    relay(evolve(made_.setup, store=Contended(store)), store.lease(Lane.NEWS, 60, 10))
    made_.tick()
    assert [one.recipient for one in post.sent] == ["person:bob"]
    assert made_.verify().breaches == ()


@pytest.mark.requirement("SLA-06", "nothing due is lost: what one digest has no room for follows")
@pytest.mark.parametrize("refused", [False, True])
def test_what_a_digest_has_no_room_for_follows(clock: MovedClock, *, refused: bool) -> None:
    def deliver(one: Notice) -> Sent:
        if refused and one.rule == "digest":
            raise NotDelivered("552 too big", permanent=True)
        return Sent("ok")

    post = Post(deliver=deliver)
    made_ = made(clock, post, evolve(TO_BOB, digest="hourly"))
    for number in range(IN_ONE + 5):
        reported(made_, f"matter {number}")
    while made_.tick().news:
        pass
    assert states(made_) == {"held": IN_ONE + 5, "waiting": 1}
    for _ in range(3):
        clock.advance(hours=1)
        made_.tick()
    assert states(made_) == ({"dead": IN_ONE + 1, "sent": 5} if refused else {"sent": IN_ONE + 6})
    assert made_.verify().breaches == ()


def test_a_digest_tells_what_lies_behind_many_that_may_not_be_told(clock: MovedClock) -> None:
    post = Post()
    rules = (NotifyRule("own", "person:ann", (On("comment"),), ("said",), digest="hourly"),)
    made_ = made(clock, post, *rules, per_ticket_minutes=0)
    ticket = reported(made_)
    for number in range(IN_ONE + 5):
        made_.do("comment", ticket.number, made_.principal("bob"), text=f"inside {number}")
    for number in range(2):
        made_.do("comment", ticket.number, made_.principal("bob"), text=f"outside {number}", public=True)
    while made_.tick().news:
        pass
    for _ in range(3):
        clock.advance(hours=1)
        made_.tick()
    assert [one.args.get("count") for one in post.sent] == [2]
    assert states(made_) == {"dropped": IN_ONE + 5, "sent": 3}


def test_a_digest_that_is_dropped_takes_what_it_collected_with_it(clock: MovedClock) -> None:
    post = Post()
    made_ = made(clock, post, evolve(TO_BOB, digest="hourly"))
    for number in range(3):
        reported(made_, f"matter {number}")
    made_.tick()
    (digest,) = (one for one in notices(made_) if one.rule == "digest")
    operator = made_.operator(made_.principal("root"))
    operator.drop_notice(digest.id, "told by phone", dry_run=True)
    assert states(made_) == {"held": 3, "waiting": 1}
    operator.drop_notice(digest.id, "told by phone")
    assert {(one.state, one.error) for one in notices(made_)} == {("dropped", "told by phone")}
    clock.advance(hours=1)
    made_.tick()
    assert post.sent == []
    assert made_.verify().breaches == ()


def test_a_dead_digest_retried_tells_what_it_collected(clock: MovedClock) -> None:
    def refuse(_: Notice) -> Sent:
        raise NotDelivered("550 no such user", permanent=True)

    post = Post(deliver=refuse)
    made_ = made(clock, post, evolve(TO_BOB, digest="hourly"))
    for number in range(3):
        reported(made_, f"matter {number}")
    made_.tick()
    clock.advance(hours=1)
    made_.tick()
    assert states(made_) == {"dead": 4}
    (digest,) = (one for one in notices(made_) if one.rule == "digest")
    post.deliver = None
    made_.operator(made_.principal("root")).retry_notice(digest.id)
    assert states(made_) == {"held": 3, "waiting": 1}
    made_.tick()
    assert [one.args["count"] for one in post.sent] == [3]
    assert states(made_) == {"sent": 4}
    assert made_.verify().breaches == ()


def test_what_was_parked_is_listed_retried_dropped_and_runs_out(clock: MovedClock) -> None:
    post = Post()
    made_ = made(clock, post, TO_ANN, confirmations=1, per_ticket_minutes=0)
    for number in range(4):
        reported(made_, f"matter {number}")
        made_.tick()
    operator = made_.operator(made_.principal("root"))
    first, second, *_ = (one.notice.id for one in operator.outbox("parked"))
    assert len(post.sent) == 1
    assert [one.stands for one in operator.outbox()] == ["parked"] * 3
    operator.drop_notice(first, "a robot")
    clock.advance(days=10)
    assert operator.retry_notice(second).state == "waiting"
    made_.tick()
    assert states(made_) == {"dropped": 1, "parked": 1, "sent": 2}
    run_out = expired(evolve(made_.setup, retention=Retention(0, 0, 1, 0, 0)), clock())
    assert [vars(one)["state"] for one, _ in run_out] == ["parked"]
    assert made_.verify().breaches == ()


def test_a_digest_of_one_is_that_one(clock: MovedClock) -> None:
    post = Post()
    made_ = made(clock, post, evolve(TO_BOB, digest="daily"), daily_at="08:30")
    reported(made_)
    made_.tick()
    clock.advance(hours=23)
    made_.tick()
    assert post.sent == []
    clock.advance(minutes=30)
    made_.tick()
    assert [(one.template, one.rule) for one in post.sent] == [("own", "own")]
    assert post.sent[0].queued == clock() == datetime(2026, 3, 3, 8, 30, tzinfo=UTC)


def test_what_a_recipient_may_not_see_any_more_is_left_out_of_a_digest(clock: MovedClock) -> None:
    post = Post()
    rule = NotifyRule("own", "person:carol", (On("assign"),), digest="hourly")
    made_ = made(clock, post, rule)
    kept, moved = reported(made_, "kept"), reported(made_, "moved")
    for one in (kept, moved):
        made_.do("assign", one.number, made_.principal("bob"), team="net")
    made_.tick()
    made_.do("assign", moved.number, made_.principal("bob"), team="db")
    clock.advance(hours=1)
    made_.tick()
    made_.tick()
    assert [one.number for one in post.sent] == [kept.number]
    dropped = [one for one in notices(made_) if one.state == "dropped"]
    assert {(one.number, one.error) for one in dropped} >= {(moved.number, "may not see the ticket")}
    assert made_.verify().breaches == ()


def test_a_digest_that_fails_is_tried_again_with_the_same_message_id_and_given_up_on_every_ticket(
    clock: MovedClock,
) -> None:
    def refuse(_: Notice) -> Sent:
        raise NotDelivered("550 no such user", permanent=tries == 2)

    tries, ids = 0, list[str]()
    post = Post(deliver=lambda one: (ids.append(one.message_id), refuse(one)))
    made_ = made(clock, post, evolve(TO_BOB, digest="hourly"))
    tickets = [reported(made_, f"matter {number}") for number in range(2)]
    made_.tick()
    clock.advance(hours=1)
    made_.tick()
    assert states(made_) == {"held": 2, "waiting": 1}
    tries = 2
    clock.advance(hours=1)
    made_.tick()
    assert len(ids) == 2 == ids.count(ids[0])
    assert states(made_) == {"dead": 3}
    for one in tickets:
        assert codes(made_, one)[-1] == "not_told"
    assert made_.verify().breaches == ()


@pytest.mark.requirement("SLA-04", "who is told outside their hours is told of what is urgent only")
def test_nothing_that_can_wait_reaches_staff_outside_their_hours(clock: MovedClock) -> None:
    post = Post()
    urgent = NotifyRule("urgent", "person:bob", (OPEN,), urgent=True)
    clock.advance(hours=9)  # Monday, 18:00
    made_ = made(clock, post, TO_BOB, urgent, evolve(TO_ANN, name="mine"), teams=NIGHT)
    reported(made_)
    made_.tick()
    assert {one.rule for one in post.sent} == {"urgent", "mine"}
    clock.advance(hours=14, minutes=59)
    made_.tick()
    assert len(post.sent) == 2
    clock.advance(minutes=1)
    made_.tick()
    assert [one.rule for one in post.sent][2:] == ["own"]


def test_after_workers_stood_still_for_long_a_notice_still_has_its_tries(clock: MovedClock) -> None:
    post = Post(deliver=shut())
    made_ = made(clock, post, evolve(TO_BOB, digest="daily"))
    clock.advance(minutes=1)
    reported(made_)
    made_.tick()
    clock.advance(days=9)
    made_.tick()
    post.deliver = None
    clock.advance(hours=1)
    made_.tick()
    assert set(states(made_)) == {"sent"}


def test_duty_hours_can_be_switched_off(clock: MovedClock) -> None:
    post = Post()
    clock.advance(hours=9)
    made_ = made(clock, post, TO_BOB, teams=NIGHT, duty_hours=False)
    reported(made_)
    made_.tick()
    assert len(post.sent) == 1


def test_a_notice_that_comes_while_its_digest_goes_is_not_lost(clock: MovedClock) -> None:
    """The digest is being sent by one worker while another puts one more into it."""
    late = list[Desk]()

    def point(name: str) -> None:
        if name == "after delivery" and late:
            clock.advance(hours=-1)  # the other's host is behind
            reported(late[0], "one more")
            late.pop().tick()
            clock.advance(hours=1)

    post = Post()
    first = made(clock, post, evolve(TO_BOB, digest="hourly"))
    reported(first, "one")
    reported(first, "two")
    first.tick()
    settings = evolve(desk_settings(), notify=first.settings.notify)
    late.append(desk(clock, {"post": post}, settings=settings, store=first.setup.store, seed=1))
    slow = desk(clock, {"post": post}, settings=settings, store=first.setup.store, seed=2, on_point=point)
    clock.advance(hours=1)
    slow.tick()
    assert late == []
    for _ in range(3):
        clock.advance(hours=1)
        first.tick()
    told = [number["title"] for one in post.sent for number in one.args.get("items", [one.args])]
    assert set(told) == {"one", "two", "one more"}
    assert set(states(first)) == {"sent"}
    assert first.verify().breaches == ()


# bounds


def test_one_notice_a_ticket_in_a_quarter_of_an_hour_the_rest_follows_together(clock: MovedClock) -> None:
    post = Post()
    made_ = made(clock, post, NotifyRule("news", "requester", (On("comment", audience="public"),)))
    ticket = reported(made_)
    for number in range(4):
        made_.do("comment", ticket.number, made_.service("monitoring"), text=f"news {number}", public=True)
        made_.tick()
        clock.advance(minutes=2)
    assert len(post.sent) == 1
    clock.advance(minutes=10)
    made_.tick()
    assert [one.args.get("count") for one in post.sent] == [None, 3]
    assert made_.verify().breaches == ()


def test_what_somebody_at_the_desk_says_waits_behind_nothing_that_the_desk_said_by_itself(clock: MovedClock) -> None:
    post = Post()
    made_ = made(clock, post, NotifyRule("news", "requester", (On("comment", audience="public"),)))
    ticket = reported(made_)
    for who in (made_.service("monitoring"), made_.principal("bob"), made_.principal("bob")):
        made_.do("comment", ticket.number, who, text="news", public=True)
        made_.tick()
    assert len(post.sent) == 3


def test_ten_notices_an_hour_the_rest_follows_together(clock: MovedClock) -> None:
    post = Post()
    made_ = made(clock, post, TO_BOB)
    for number in range(25):
        reported(made_, f"matter {number}")
    made_.tick()
    assert len(post.sent) == 10
    clock.advance(hours=1)
    made_.tick()
    assert [one.args.get("count") for one in post.sent[10:]] == [15]
    assert set(states(made_)) == {"sent"}


def test_other_channels_have_no_bounds(clock: MovedClock) -> None:
    post = Post(Channel("chat", group=True))
    made_ = made(clock, post, NotifyRule("ops", "channel", (OPEN,), channel="chat"))
    for number in range(25):
        reported(made_, f"matter {number}")
    made_.tick()
    assert len(post.sent) == 25


@pytest.mark.parametrize(
    ("address", "because"),
    [
        ("desk@example.org", "it is the desk's own address"),
        ("DESK@example.org", "it is the desk's own address"),
        ("noreply@shop.example", "nobody reads that address"),
        ("MAILER-DAEMON@mx.example", "nobody reads that address"),
    ],
)
def test_nothing_goes_to_the_desk_itself_or_to_machines(clock: MovedClock, address: str, because: str) -> None:
    from itsmkit import Contact

    post = Post()
    made_ = made(clock, post, TO_ANN)
    reported(made_, contact=Contact(mail=address))
    made_.tick()
    assert post.sent == []
    assert not [one for one in notices(made_) if one.state == "waiting"]
    if notices(made_):  # the desk's own mail counts as a machine's: no notice was even made
        assert [(one.state, one.error) for one in notices(made_)] == [("dropped", because)]


def test_confirmations_end_until_somebody_has_something_to_say(clock: MovedClock) -> None:
    post = Post()
    made_ = made(clock, post, TO_ANN, NotifyRule("news", "requester", (On("comment", audience="public"),)))
    tickets = []
    for number in range(8):
        tickets.append(reported(made_, f"matter {number}"))
        made_.tick()
        clock.advance(hours=2)
    assert len(post.sent) == 5
    assert states(made_) == {"parked": 3, "sent": 5}
    assert codes(made_, tickets[-1])[-1] == "not_told"
    made_.do("comment", tickets[0].number, made_.principal("bob"), text="a person", public=True)
    made_.tick()
    reported(made_, "once more")
    made_.tick()
    assert [one.rule for one in post.sent[5:]] == ["news", "own"]
    assert made_.verify().breaches == ()


def test_a_week_of_quiet_begins_anew(clock: MovedClock) -> None:
    post = Post()
    made_ = made(clock, post, TO_ANN)
    for number in range(6):
        reported(made_, f"matter {number}")
        made_.tick()
        clock.advance(hours=1)
    clock.advance(days=8)
    reported(made_, "after the holidays")
    made_.tick()
    assert len(post.sent) == 6


moments = st.lists(st.integers(0, 4 * 3600), min_size=1, max_size=60).map(sorted)
BOUNDS = Notification()


@settings(max_examples=200)
@given(moments, st.lists(st.sampled_from("abc"), min_size=60, max_size=60))
def test_no_order_of_wishes_gets_more_than_the_bounds(wishes: list[int], tickets: list[str]) -> None:
    """Whenever a notice may go it goes: then no window holds more than it may."""
    start = datetime(2026, 3, 2, tzinfo=UTC)
    held, went = Allowance(id="a"), list[tuple[datetime, str]]()
    for number, (second, ticket) in enumerate(zip(wishes, tickets, strict=False)):
        now = start + timedelta(seconds=second)
        if free_at(held, str(number), (ticket,), now, BOUNDS) > now:
            continue
        held = taken(held, Slot(now, str(number), (ticket,)), BOUNDS)
        went.append((now, ticket))
    for at, ticket in went:
        assert sum(at <= other < at + timedelta(hours=1) for other, _ in went) <= BOUNDS.per_hour
        assert sum(at <= other < at + timedelta(minutes=15) and about == ticket for other, about in went) == 1
    assert len(held.slots) <= BOUNDS.per_hour


@given(st.integers(0, 30), st.integers(0, 100))
def test_a_retry_takes_nothing_anew(tries: int, minutes: int) -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    held = taken(Allowance(id="a"), Slot(start, "n", ("t",)), BOUNDS, confirms=True)
    for _ in range(tries):
        at = start + timedelta(minutes=minutes)
        assert free_at(held, "n", ("t",), at, BOUNDS) == at
        assert not answered_by_a_machine(held, "n", at, BOUNDS)
        held = taken(held, Slot(at, "n", ("t",)), BOUNDS, confirms=True)
    assert (len(held.slots), held.confirmed) == (1, 1)


# ways that are shut


def shut(again: float = 0) -> Callable[[Notice], Any]:
    def deliver(_: Notice) -> Any:
        raise NotDelivered("connection refused", shut=True, again=again)

    return deliver


def test_a_channel_that_fails_is_left_alone_for_a_while_also_by_who_starts_anew(clock: MovedClock) -> None:
    post = Post(deliver=shut())
    asked: list[Notice] = []
    post.deliver = lambda one: (asked.append(one), shut()(one))
    first = made(clock, post, TO_BOB)
    for number in range(10):
        reported(first, f"matter {number}")
    first.tick()
    assert len(asked) == 3
    notify = first.settings.notify
    second = desk(
        clock, {"post": post}, settings=evolve(desk_settings(), notify=notify), store=first.setup.store, seed=1
    )
    second.tick()
    assert len(asked) == 3, "the state is the store's"
    assert any("channel email fails since" in one for one in second.troubles)
    post.deliver = None
    for _ in range(5):
        clock.advance(minutes=30)
        second.tick()
    assert set(states(second)) == {"sent"}
    assert not any("channel email" in one for one in second.troubles)
    assert second.verify().breaches == ()


def test_a_long_outage_costs_no_notice_its_tries(clock: MovedClock) -> None:
    post = Post(deliver=shut())
    made_ = made(clock, post, TO_BOB)
    reported(made_)
    for _ in range(24 * 4):
        made_.tick()
        clock.advance(hours=1)
    assert [(one.state, one.tries) for one in notices(made_) if one.rule == "own"] == [("waiting", 0)]
    post.deliver = None
    made_.tick()
    assert states(made_) == {"sent": 1}


def test_after_five_days_a_notice_is_given_up(clock: MovedClock) -> None:
    made_ = made(clock, Post(deliver=shut()), TO_BOB)
    ticket = reported(made_)
    for _ in range(24 * 6):
        made_.tick()
        clock.advance(hours=1)
    assert states(made_) == {"dead": 1}
    assert codes(made_, ticket)[-1] == "not_told"


def test_the_other_side_says_when_it_wants_to_be_asked_again(clock: MovedClock) -> None:
    asked: list[datetime] = []
    post = Post(deliver=lambda one: (asked.append(clock()), shut(600)(one)))
    made_ = made(clock, post, TO_BOB)
    reported(made_)
    made_.tick()
    clock.advance(seconds=599)
    made_.tick()
    assert len(asked) == 1
    clock.advance(seconds=1)
    made_.tick()
    assert len(asked) == 2


def test_operators_are_told_once_and_not_by_the_channel_that_fails(clock: MovedClock) -> None:
    def deliver(notice: Notice) -> Sent:
        if notice.channel == "email":
            raise NotDelivered("535 login refused", shut=True)
        return Sent("ok")

    post = Post(deliver=deliver)
    made_ = made(clock, post, TO_BOB, operators="channel", operators_channel="chat")
    for _ in range(40):
        reported(made_)
        made_.tick()
        clock.advance(minutes=20)
    assert [(one.channel, one.rule, one.args["said"]) for one in post.sent] == [
        ("chat", "operators", "channel email is shut: 535 login refused")
    ]


def test_operators_hear_of_a_warning_once_a_day(clock: MovedClock) -> None:
    post = Post(deliver=lambda one: Sent("ok", warning="template own failed" if one.rule == "own" else ""))
    made_ = made(clock, post, TO_BOB, operators="role:admin")
    for number in range(3):
        reported(made_, f"matter {number}")
    made_.tick()
    made_.tick()
    told = [one for one in post.sent if one.rule == "operators"]
    assert [(one.address, one.args["said"]) for one in told] == [("root@example.org", "template own failed")]
    assert any("template own failed" in one.detail for one in made_.setup.plugins.faults)
    assert made_.verify().breaches == ()


def test_operators_are_found_by_the_model_s_word_for_a_role(clock: MovedClock) -> None:
    class Worded(PlainModel):
        def reporting_line(self, to: str, ticket: Ticket) -> str:
            return "admin" if to == "caretaker" else super().reporting_line(to, ticket)

    post = Post(deliver=lambda one: Sent("ok", warning="template own failed" if one.rule == "own" else ""))
    notify = Notification(rules=(TO_BOB,), operators="role:caretaker")
    settings = evolve(desk_settings(order=("post", "offices")), notify=notify)
    plugins = {"post": post, "offices": answering("itsmkit_organisation", Worded())}
    made_ = desk(clock, plugins, settings=settings)
    reported(made_)
    made_.tick()
    made_.tick()
    assert [one.address for one in post.sent if one.rule == "operators"] == ["root@example.org"]


# dead letters


@pytest.mark.requirement("INC-46", "what a user could not be told is seen on the ticket")
def test_a_recipient_who_refuses_for_ever_is_one_dead_letter_on_the_ticket(clock: MovedClock) -> None:
    asked: list[Notice] = []

    def deliver(notice: Notice) -> Sent:
        asked.append(notice)
        raise NotDelivered("550 no such user", permanent=True)

    made_ = made(clock, Post(deliver=deliver), TO_ANN)
    ticket = reported(made_)
    for _ in range(100):
        made_.tick()
        clock.advance(hours=1)
    assert len(asked) == 1
    event = [one for one in made_.history(ticket.number, made_.principal("bob")) if one.code == "not_told"]
    assert [(one.outcome, one.args["rule"], one.args["recipient"], one.why["because"]) for one in event] == [
        ("dead", "own", "person:ann", "550 no such user")
    ]


def test_news_of_a_dead_letter_that_dies_itself_goes_no_further(clock: MovedClock) -> None:
    """Two rules that tell of each other's dead letters would write to each other for ever."""

    def deliver(_: Notice) -> Sent:
        raise NotDelivered("550 no", permanent=True)

    post = Post(deliver=deliver)
    rules = (
        TO_BOB,
        NotifyRule("tell", "person:mia", (On("not_told"),)),
        NotifyRule("too", "person:bob", (On("not_told"),)),
    )
    made_ = made(clock, post, *rules)
    ticket = reported(made_)
    for _ in range(20):
        made_.tick()
        clock.advance(hours=1)
    assert sorted((one.rule, one.recipient) for one in notices(made_)) == [
        ("own", "person:bob"),
        ("tell", "person:mia"),
    ]
    assert codes(made_, ticket).count("not_told") == 1


def test_an_erasable_address_is_no_part_of_the_ticket_s_journal(clock: MovedClock) -> None:
    from itsmkit import Contact

    def deliver(_: Notice) -> Sent:
        raise NotDelivered("550 no", permanent=True)

    made_ = made(clock, Post(deliver=deliver), TO_ANN)
    ticket = reported(made_, contact=Contact(mail="stranger@example.net"))
    made_.tick()
    (event,) = (one for one in made_.history(ticket.number, made_.service("test")) if one.code == "not_told")
    assert "stranger" not in event.text


# killed


@pytest.mark.requirement("SLA-06", "nothing due is lost when a worker dies")
@pytest.mark.parametrize(("dies", "most"), [("before delivery", 1), ("after delivery", 2)])
@pytest.mark.parametrize("digest", ["", "hourly"])
def test_killed_around_a_delivery_a_duplicate_has_the_same_message_id(
    clock: MovedClock, dies: str, most: int, digest: str
) -> None:
    class Died(BaseException):
        pass

    def point(name: str) -> None:
        if name == dies:
            raise Died

    post = Post()
    first = made(clock, post, evolve(TO_BOB, digest=digest))
    for number in range(3):
        reported(first, f"matter {number}")
    settings = evolve(desk_settings(), notify=first.settings.notify)
    dying = desk(clock, {"post": post}, settings=settings, store=first.setup.store, seed=1, on_point=point)
    clock.advance(minutes=1)
    if digest:
        first.tick()
        clock.advance(hours=1)
    with pytest.raises(Died):
        dying.tick()
    for _ in range(3):
        clock.advance(seconds=61)
        first.tick()
    ids = [one.message_id for one in post.sent]
    assert len(ids) - len(set(ids)) == most - 1
    assert set(states(first)) == {"sent"}
    assert first.verify().breaches == ()


def test_two_workers_don_t_overdraw_an_address_between_them(clock: MovedClock) -> None:
    from threading import Thread

    post = Post()
    first = made(clock, post, TO_BOB)
    settings = evolve(desk_settings(), notify=first.settings.notify)
    second = desk(clock, {"post": post}, settings=settings, store=first.setup.store, seed=1)
    for number in range(30):
        reported(first, f"matter {number}")
    workers = [Thread(target=one.tick) for one in (first, second)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(30)
    assert len(post.sent) <= 10
    clock.advance(hours=1, seconds=10)
    first.tick()
    first.tick()
    assert set(states(first)) == {"sent"}
