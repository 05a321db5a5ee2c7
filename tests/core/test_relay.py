"""From events to deliveries: each notice once, to who may still see the ticket, tried until it is given up."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from itsmkit import (
    Desk,
    Event,
    Lane,
    NotDelivered,
    Notice,
    NoticeDraft,
    Query,
    Scope,
    Sent,
    hookimpl,
)
from itsmkit.core.posting import DELIVERIES, pause
from itsmkit.core.relay import relay
from itsmkit.testing import PEOPLE, MovedClock, answering, desk, raising, reported
from tests.core.newer import Newer

ALL = Scope.system("test")


class Told:
    """Wants the requester told of each opening, and keeps what was delivered."""

    def __init__(self, to: str = "requester", deliver: Callable[[Notice], Any] | None = None) -> None:
        self.to, self.notices = to, list[Notice]()
        self._deliver = deliver or (lambda _: Sent("ok"))

    @hookimpl
    def itsmkit_notify(self, event: Event) -> list[NoticeDraft]:
        return (
            [NoticeDraft("opened", self.to, "list", "opened", {"code": event.code})] if event.code == "opened" else []
        )

    @hookimpl
    def itsmkit_deliver(self, notice: Notice) -> Any:
        if notice.channel != "list":
            return None
        answer = self._deliver(notice)
        self.notices.append(notice)
        return answer


def failing(*, permanent: bool = False) -> Callable[[Notice], Any]:
    def deliver(_notice: Notice) -> Any:
        raise NotDelivered("mailbox full", permanent=permanent)

    return deliver


def notices(made: Desk) -> list[Notice]:
    return [one for one in made.find(Query("notice"), made.service("test")).items if isinstance(one, Notice)]


def test_an_event_becomes_a_notice_and_is_delivered(clock: MovedClock) -> None:
    told = Told()
    made = desk(clock, {"told": told})
    ticket = reported(made)
    made.tick()
    (delivered,) = told.notices
    assert (delivered.address, delivered.number, delivered.args) == (
        "ann@example.org",
        ticket.number,
        {"code": "opened"},
    )
    (kept,) = notices(made)
    assert (kept.state, kept.sent, kept.tries) == ("sent", clock(), 1)
    assert kept.message_id.startswith(f"<{ticket.number}.")
    assert made.verify().balance["notices"] == {"sent": 1}


@pytest.mark.requirement("SLA-06", "nothing is sent twice, however often the news is relayed")
def test_the_same_news_again_makes_no_second_notice(clock: MovedClock) -> None:
    told = Told()
    # The broken plugin has the news relayed again and again.
    made = desk(clock, {"broken": raising("itsmkit_notify"), "told": told})
    reported(made)
    for _ in range(6):
        made.tick()
        clock.advance(minutes=15)
    assert len(told.notices) == len(notices(made)) == 1
    assert made.setup.store.peek(Lane.NEWS).waiting == 0


def test_a_plugin_that_recovers_is_asked_again_and_its_notices_follow(clock: MovedClock) -> None:
    class Shaky(Told):
        def __init__(self) -> None:
            super().__init__("person:mia")
            self.works = False

        @hookimpl
        def itsmkit_notify(self, event: Event) -> list[NoticeDraft]:
            if not self.works:
                raise OSError("no template")
            return Told.itsmkit_notify(self, event)

    shaky, told = Shaky(), Told()
    made = desk(clock, {"shaky": shaky, "told": told})
    reported(made)
    made.tick()
    assert {one.recipient for one in notices(made)} == {"person:ann"}
    shaky.works = True
    clock.advance(minutes=11)
    made.tick()
    assert {one.recipient for one in notices(made)} == {"person:ann", "person:mia"}


def test_one_notice_for_each_rule_recipient_and_channel(clock: MovedClock) -> None:
    drafts = [
        NoticeDraft("a", "requester", "list", "t"),
        NoticeDraft("a", "requester", "list", "t"),
        NoticeDraft("b", "requester", "list", "t"),
        NoticeDraft("a", "requester", "other", "t"),
        NoticeDraft("a", "person:mia", "list", "t"),
    ]

    class Many:
        @hookimpl
        def itsmkit_notify(self, event: Event) -> list[NoticeDraft]:
            return drafts if event.code == "opened" else []

    made = desk(clock, {"many": Many(), "again": Many()})
    reported(made)
    made.tick()
    assert len(notices(made)) == 4


@pytest.mark.parametrize(
    ("to", "addresses"),
    [
        ("requester", {"ann@example.org"}),
        ("person:mia", {"mia@example.org"}),
        ("role:manager", {"mia@example.org"}),
        ("role:support", set()),
        ("team:desk", {"desk@example.org"}),
        ("team:net", set()),
        ("person:", set()),
        ("person:nobody", set()),
        ("team:nobody", set()),
        ("role:nobody", set()),
        ("nonsense", set()),
        ("", set()),
    ],
)
def test_who_an_address_stands_for(clock: MovedClock, to: str, addresses: set[str]) -> None:
    told = Told(to)
    made = desk(clock, {"told": told})
    reported(made)
    made.tick()
    assert {one.address for one in told.notices} == addresses
    assert made.verify().breaches == ()


def test_a_reporter_we_don_t_know_is_written_to_at_the_address_given(clock: MovedClock) -> None:
    from itsmkit import Contact

    told = Told()
    made = desk(clock, {"told": told})
    reported(made, contact=Contact(mail="stranger@example.net"))
    made.tick()
    assert [one.address for one in told.notices] == ["stranger@example.net"]


def test_a_team_without_a_mailbox_is_told_one_by_one(clock: MovedClock) -> None:
    told = Told("team:net")
    made = desk(clock, {"told": told})
    ticket = reported(made)
    made.do("assign", ticket.number, made.principal("bob"), team="net")
    made.tick()
    assert [one.address for one in told.notices] == ["carol@example.org"]


# who may see it, at the moment of sending


def test_who_may_not_see_the_ticket_any_more_is_not_told(clock: MovedClock) -> None:
    """CVE-2021-44886: a notification must not tell of what its reader can't open."""
    told = Told("person:carol")
    made = desk(clock, {"told": told})
    ticket = reported(made)
    made.do("assign", ticket.number, made.principal("bob"), team="net")
    store = made.setup.store
    relay(made.setup, store.lease(Lane.NEWS, 60))
    assert [one.state for one in notices(made)] == ["waiting"]
    made.do("assign", ticket.number, made.principal("bob"), team="db")
    made.tick()
    assert told.notices == []
    assert [(one.state, one.error) for one in notices(made)] == [("dropped", "may not see the ticket")]


def test_who_has_left_is_not_told(clock: MovedClock) -> None:
    told = Told(deliver=failing())
    made = desk(clock, {"told": told})
    reported(made)
    made.tick()
    list(made.load([evolve(one, active=one.id != "ann") for one in PEOPLE], made.service("hr")))
    clock.advance(minutes=1)
    made.tick()
    assert [one.state for one in notices(made)] == ["dropped"]


def test_without_an_organisation_model_notices_wait(clock: MovedClock) -> None:
    told = Told()
    made = desk(clock, {"told": told}, model="none")
    made.receive(b'{"itsmkit.report":1,"title":"down","contact":{"mail":"ann@example.org"}}')
    made.tick()
    assert [one.state for one in notices(made)] == ["waiting"]
    assert told.notices == []
    healed = desk(clock, {"told": told}, store=made.setup.store, seed=1)
    clock.advance(minutes=6)
    healed.tick()
    assert [one.address for one in told.notices] == ["ann@example.org"]


# trying again


def test_a_failed_delivery_is_tried_again_later_and_later(clock: MovedClock) -> None:
    told = Told(deliver=failing())
    made = desk(clock, {"told": told})
    reported(made)
    gaps = []
    for tries in range(1, DELIVERIES):
        assert made.tick().post == 1
        (notice,) = notices(made)
        assert (notice.state, notice.tries, notice.error) == ("waiting", tries, "mailbox full")
        clock.advance(seconds=pause(tries) - 1)
        assert made.tick().post == 0, "not before its time"
        clock.advance(seconds=1)
        gaps.append(pause(tries))
    made.tick()
    (dead,) = notices(made)
    assert (dead.state, dead.tries) == ("dead", DELIVERIES)
    assert gaps == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600]
    clock.advance(days=1)
    assert made.tick().post == 0
    assert made.verify().breaches == ()
    codes = [one.code for one in made.setup.store.history("notice", dead.id, ALL)]
    assert codes == ["queued", *["failed"] * (DELIVERIES - 1), "dead"]


def test_a_permanent_refusal_is_final(clock: MovedClock) -> None:
    made = desk(clock, {"told": Told(deliver=failing(permanent=True))})
    reported(made)
    made.tick()
    assert [(one.state, one.tries) for one in notices(made)] == [("dead", 1)]


def test_a_channel_that_nobody_delivers_is_tried_as_the_plugin_may_come_back(clock: MovedClock) -> None:
    made = desk(clock, {"told": answering("itsmkit_notify", [NoticeDraft("r", "requester", "pigeon", "t")])})
    reported(made)
    made.tick()
    assert {(one.state, one.error) for one in notices(made)} == {("waiting", "no plugin delivers this channel")}


def test_a_deliverer_that_breaks_is_tried_again(clock: MovedClock) -> None:
    answers = [Sent("ok")]

    def deliver(notice: Notice) -> Any:
        if notice.tries == 0:
            raise ZeroDivisionError
        return answers.pop()

    told = Told(deliver=deliver)
    made = desk(clock, {"told": told})
    reported(made)
    made.tick()
    clock.advance(minutes=1)
    made.tick()
    assert [(one.state, one.tries) for one in notices(made)] == [("sent", 2)]


def test_what_a_server_says_is_kept_short_and_clean(clock: MovedClock) -> None:
    told = Told(deliver=failing())

    def deliver(_notice: Notice) -> Any:
        raise NotDelivered("\0\ud800" + "x" * 10_000)

    told = Told(deliver=deliver)
    made = desk(clock, {"told": told})
    reported(made)
    made.tick()
    (notice,) = notices(made)
    assert len(notice.error) <= 500
    notice.error.encode()


# several workers


@pytest.mark.requirement("SLA-06", "nothing is sent twice: two workers, each notice once")
def test_two_workers_send_nothing_twice(clock: MovedClock) -> None:
    from threading import Thread

    told = Told()
    first = desk(clock, {"told": told})
    second = desk(clock, {"told": told}, store=first.setup.store, seed=1)
    for number in range(20):
        reported(first, f"matter {number}")
    workers = [Thread(target=one.tick) for one in (first, second)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(30)
    first.tick()
    assert len(told.notices) == 20
    assert len({one.id for one in told.notices}) == 20
    assert first.verify().breaches == ()


@pytest.mark.requirement("SLA-06", "nothing due is lost when a worker dies")
@pytest.mark.parametrize(("dies", "sent"), [("before delivery", 1), ("after delivery", 2)])
def test_a_worker_that_dies_over_a_notice_leaves_it_to_another(clock: MovedClock, dies: str, sent: int) -> None:
    """Dead after delivering, before noting it: sent again, with the same Message-ID, which the receiver can tell."""

    class Died(BaseException):
        pass

    def point(name: str) -> None:
        if name == dies:
            raise Died

    told = Told()
    made = desk(clock, {"told": told}, on_point=point)
    reported(made)
    with pytest.raises(Died):
        made.tick()
    other = desk(clock, {"told": told}, store=made.setup.store, seed=1)
    assert other.tick().post == 0
    clock.advance(seconds=61)
    other.tick()
    assert len(told.notices) == sent
    assert len({one.message_id for one in told.notices}) == 1
    assert [one.state for one in notices(other)] == ["sent"]
    assert other.verify().breaches == ()


def test_a_worker_that_woke_up_too_late_changes_nothing(clock: MovedClock) -> None:
    slow: list[Desk] = []

    def point(name: str) -> None:
        if name == "after delivery" and slow:
            clock.advance(seconds=61)
            slow.pop().tick()

    told = Told()
    made = desk(clock, {"told": told}, on_point=point)
    slow.append(desk(clock, {"told": told}, store=made.setup.store, seed=1))
    reported(made)
    made.tick()
    (notice,) = notices(made)
    assert (notice.state, notice.tries) == ("sent", 1)
    assert made.verify().breaches == ()


def test_news_for_a_role_that_nobody_holds_is_kept_as_dead(clock: MovedClock) -> None:
    told = Told("role:process_owner")
    made = desk(
        clock, {"told": told}, records=[one for one in PEOPLE if "process_owner" not in getattr(one, "roles", ())]
    )
    reported(made)
    made.tick()
    (kept,) = notices(made)
    assert (kept.state, kept.recipient, kept.error) == ("dead", "role:process_owner", "nobody is there to be told")
    assert told.notices == []
    assert made.verify().breaches == ()


def test_a_recipient_that_nobody_can_look_up_is_the_plugin_s_fault(clock: MovedClock) -> None:
    made = desk(clock, {"told": Told("opened")})
    reported(made)
    made.tick()
    assert notices(made) == []
    assert [one.detail for one in made.setup.plugins.faults if one.hook == "itsmkit_notify"] == [
        "to 'opened' is none of requester, channel, subscribers, person:, team: and role:"
    ]


def test_deliveries_are_leased_one_by_one(clock: MovedClock) -> None:
    left = []

    def deliver(_notice: Notice) -> Sent:
        left.append(len(made.setup.store.lease(Lane.POST, 60, 100)))
        return Sent("ok")

    made = desk(clock, {"told": Told(deliver=deliver)})
    for title in ("one", "two", "three"):
        reported(made, title)
    made.tick()
    assert left == [2]


def test_a_record_that_cannot_be_read_costs_no_other_its_news(clock: MovedClock) -> None:
    made = desk(clock, {"told": Told()})
    tickets = [reported(made).id for _ in range(3)]
    store = made.setup.store
    leases = store.lease(Lane.NEWS, 60, 10)
    assert sorted(one.id for one in leases) == sorted(tickets)
    relay(evolve(made.setup, store=Newer(store, leases[0].id)), leases)
    assert {one.about for one in notices(made)} == {one.id for one in leases[1:]}
    assert [one.lease.id for one in store.todos(Lane.NEWS)] == [leases[0].id]


def test_news_beyond_the_time_is_given_back(clock: MovedClock) -> None:
    made = desk(clock, {"told": Told()})
    for _ in range(3):
        reported(made)
    store = made.setup.store
    leases = store.lease(Lane.NEWS, 60, 10)
    assert relay(made.setup, leases, enough=lambda: True) == 1
    assert store.lease(Lane.NEWS, 60, 10)[0].lapses == 0
    assert store.peek(Lane.NEWS).waiting == 2
