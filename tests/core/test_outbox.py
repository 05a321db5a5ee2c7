"""What an operator does about notices, messages and work that workers gave up."""

import pytest

from itsmkit import (
    LAPSES,
    BadInput,
    Desk,
    Lane,
    Message,
    NotAllowed,
    NotDelivered,
    NotFound,
    Notice,
    NoticeDraft,
    Receipt,
    Scope,
    Sent,
    hookimpl,
)
from itsmkit.testing import MovedClock, answering, desk, reported

ALL = Scope.system("test")


class Post:
    """A deliverer that works once it is mended."""

    def __init__(self) -> None:
        self.mended = False
        self.permanent = True
        self.sent: list[str] = []

    @hookimpl
    def itsmkit_deliver(self, notice: Notice) -> Sent:
        if not self.mended:
            raise NotDelivered("550 no such user", permanent=self.permanent)
        self.sent.append(notice.message_id)
        return Sent("250")


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def made(clock: MovedClock, post: Post) -> Desk:
    draft = NoticeDraft("r", "requester", "email", "t")
    made = desk(clock, {"told": answering("itsmkit_notify", [draft]), "post": post})
    reported(made)
    made.tick()
    return made


def states(made: Desk, *stands: str, channel: str = "") -> list[str]:
    return [one.stands for one in made.operator(made.principal("root")).outbox(*stands, channel=channel)]


# outbox


def test_dead_letters_are_listed_with_their_error_and_seen_on_the_ticket(made: Desk) -> None:
    found = made.operator(made.principal("root")).outbox("dead")
    assert found
    assert {(one.notice.number, one.notice.recipient, one.notice.tries) for one in found} == {
        ("T26-000001", "person:ann", 1)
    }
    assert all("550" in one.notice.error and one.next_try is None for one in found)
    assert len(made.dead_letters("T26-000001", made.principal("bob"))) == len(found)
    assert made.dead_letters("T26-000001", made.principal("ann")) == ()


def test_a_letter_that_failed_shows_its_next_try(clock: MovedClock, post: Post) -> None:
    post.permanent = False
    made = desk(
        clock, {"told": answering("itsmkit_notify", [NoticeDraft("r", "requester", "email", "t")]), "post": post}
    )
    reported(made)
    made.tick()
    found = made.operator(made.principal("root")).outbox()
    assert {one.stands for one in found} == {"failed"}
    assert all(one.next_try is not None and one.next_try > made.setup.world.now() for one in found)
    assert states(made, "dead") == []
    assert states(made, channel="sms") == []


def test_a_dead_letter_retried_is_delivered_with_the_message_id_it_had(made: Desk, post: Post) -> None:
    root = made.principal("root")
    (first, *_) = made.operator(root).outbox()
    post.mended = True
    assert made.operator(root).retry_notice(first.notice.id, dry_run=True).state == "waiting"
    assert states(made, "waiting") == []
    made.operator(root).retry_notice(first.notice.id)
    made.tick()
    assert first.notice.message_id in post.sent
    assert first.notice.id not in {one.notice.id for one in made.operator(root).outbox()}
    codes = [one.code for one in made.setup.store.history("notice", first.notice.id, ALL)]
    assert codes == ["queued", "dead", "retried", "sent"]
    assert made.verify().breaches == ()


def test_a_letter_dropped_is_not_sent_and_says_why(made: Desk, post: Post) -> None:
    root = made.principal("root")
    (first, *_) = made.operator(root).outbox()
    with pytest.raises(BadInput, match="takes a reason"):
        made.operator(root).drop_notice(first.notice.id, "")
    made.operator(root).retry_notice(first.notice.id)
    made.operator(root).drop_notice(first.notice.id, "told by phone")
    post.mended = True
    made.tick()
    assert first.notice.message_id not in post.sent
    last = made.setup.store.history("notice", first.notice.id, ALL)[-1]
    assert (last.code, last.by, last.personal) == ("dropped", "person:root", {"reason": "told by phone"})
    assert made.verify().breaches == ()
    for again in (made.operator(root).retry_notice, lambda id_: made.operator(root).drop_notice(id_, "twice")):
        with pytest.raises(BadInput, match="is dropped"):
            again(first.notice.id)


def test_the_outbox_is_for_those_who_administer(made: Desk) -> None:
    for who in ("ann", "bob", "mia"):
        with pytest.raises(NotAllowed):
            made.operator(made.principal(who)).outbox()
    with pytest.raises(NotFound):
        made.operator(made.principal("root")).retry_notice("nothing")
    with pytest.raises(BadInput, match="not sent"):
        made.operator(made.principal("root")).outbox("sent")


# inbox


def stuck(clock: MovedClock) -> tuple[Desk, Receipt]:
    """A desk whose receiver died over a message, and so did whoever took it up, until it was parked."""

    class Killed(BaseException):
        pass

    def die(point: str) -> None:
        if point == "kept":
            raise Killed

    dying = desk(clock, on_point=die)
    with pytest.raises(Killed):
        dying.receive(Message(b"a mail", "email"))
    store = dying.setup.store
    for _ in range(LAPSES):
        clock.advance(minutes=2)
        store.lease(Lane.INTAKE, 60)
    made = desk(clock, store=store, seed=1)
    (one,) = made.operator(made.principal("root")).inbox()
    assert (one.stands, one.received.state) == ("parked", "waiting")
    return made, Receipt("kept", one.received.id)


def test_a_parked_message_is_listed_foreseen_and_replayed(clock: MovedClock) -> None:
    made, receipt = stuck(clock)
    root = made.principal("root")
    assert made.operator(root).replay_message(receipt.received, dry_run=True).state == "unreadable"
    assert len(list(made.operator(root).inbox())) == 1
    done = made.operator(root).replay_message(receipt.received)
    assert done.state == "unreadable"
    assert made.ticket(done.number, made.principal("bob"))
    assert list(made.operator(root).inbox()) == []
    assert made.verify().breaches == ()
    with pytest.raises(BadInput, match="finished: unreadable"):
        made.operator(root).replay_message(receipt.received)


def test_a_message_dropped_makes_no_ticket_and_says_why(clock: MovedClock) -> None:
    made, receipt = stuck(clock)
    root = made.principal("root")
    with pytest.raises(BadInput, match="takes a reason"):
        made.operator(root).drop_message(receipt.received, " ")
    made.operator(root).drop_message(receipt.received, "spam", dry_run=True)
    made.operator(root).drop_message(receipt.received, "spam")
    made.tick()
    assert list(made.operator(root).inbox()) == []
    last = made.setup.store.history("received", receipt.received, ALL)[-1]
    assert (last.code, last.personal) == ("dropped", {"reason": "spam"})
    assert made.verify().balance["received"] == {"dropped": 1}
    assert made.verify().breaches == ()


# parked work


def test_parked_work_is_listed_and_put_back(clock: MovedClock) -> None:
    made = desk(clock)
    ticket = reported(made)
    store, root = made.setup.store, made.principal("root")
    for _ in range(LAPSES + 1):
        store.lease(Lane.NEWS, 60, 10)
        clock.advance(minutes=2)
    (lease,) = made.operator(root).parked(Lane.NEWS)
    assert (lease.id, lease.lapses) == (ticket.id, LAPSES)
    assert list(made.operator(root).parked(Lane.DUE)) == []
    made.operator(root).put_back(lease, dry_run=True)
    assert len(list(made.operator(root).parked())) == 1
    (back,) = made.operator(root).put_back(lease)
    assert back.part == lease.part
    assert made.tick().news >= 1
    assert list(made.operator(root).parked()) == []
    assert "put_back" in [one.code for one in made.history(ticket.number, root)]
    assert made.verify().breaches == ()
    with pytest.raises(BadInput, match="nothing of"):
        made.operator(root).put_back(lease)
