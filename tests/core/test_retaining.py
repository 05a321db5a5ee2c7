"""Retention: what has run out goes, once a day and by itself, chunk by chunk; the rest stays."""

import pytest
from attrs import evolve

from itsmkit import (
    BadInput,
    Desk,
    NotAllowed,
    Notice,
    NoticeDraft,
    Query,
    Retention,
    Scope,
    Sent,
    Ticket,
    hookimpl,
)
from itsmkit.testing import MovedClock, answering, brought_to, desk, reported

ALL = Scope.system("test")
KEEP = Retention(raw=90, notices=30, dead_letters=180, attachments=365, text=1095)


def worked(clock: MovedClock, retention: Retention = KEEP) -> Desk:
    """A desk with one closed ticket that has a file, and one open."""
    drafts = [NoticeDraft("r", "requester", channel, "t", {"said": "x"}) for channel in ("good", "bad")]
    plugins = {"told": answering("itsmkit_notify", drafts), "post": Post()}
    made = desk(clock, plugins, retention=retention)
    ticket = brought_to(made, "IM5.2", title="matter one")
    made.do("attach", ticket.number, made.principal("bob"), name="a.txt", data=b"bytes")
    made.do("follow-up", brought_to(made, "IM5.6", ticket).number, made.principal("bob"), result="fine")
    reported(made, "matter two")
    for _ in range(20):
        made.tick()
        clock.advance(hours=1)
    return made


class Post:
    @hookimpl
    def itsmkit_deliver(self, notice: Notice) -> Sent | None:
        return Sent() if notice.channel == "good" else None


def gone(made: Desk, days: int, clock: MovedClock) -> dict[str, set[str]]:
    clock.advance(days=days)
    found: dict[str, set[str]] = {}
    for one in made.operator(made.principal("root")).retain():
        found.setdefault(one.type, set()).add(one.what)
    return found


def ticket(made: Desk) -> Ticket:
    return made.ticket("T26-000001", made.principal("bob"))


def test_each_sort_goes_when_its_time_is_over(clock: MovedClock) -> None:
    made = worked(clock)
    assert gone(made, 25, clock) == {}
    assert gone(made, 10, clock) == {"notice": {"all"}}
    assert gone(made, 60, clock) == {"received": {"all"}}
    assert gone(made, 100, clock) == {"notice": {"all"}}
    assert ticket(made).attachments or ticket(made).internal_files
    assert gone(made, 200, clock) == {"ticket": {"files"}}
    assert (ticket(made).title, ticket(made).attachments, ticket(made).internal_files) == ("matter one", (), ())
    assert gone(made, 800, clock) == {"ticket": {"all"}}
    after = ticket(made)
    assert (after.title, after.number, bool(after.closed), after.category) == ("", "T26-000001", True, "network")
    assert made.ticket("T26-000002", made.principal("bob")).title == "matter two"
    assert gone(made, 2000, clock) == {}
    assert made.verify().breaches == ()


def test_without_days_everything_is_kept(clock: MovedClock) -> None:
    made = worked(clock, Retention(0, 0, 0, 0, 0))
    assert gone(made, 10_000, clock) == {}
    assert made.setup.store.get("routine", "retention", ALL) is None


def test_what_is_on_hold_stays(clock: MovedClock) -> None:
    made = worked(clock, evolve(KEEP, hold=("ann",)))
    assert gone(made, 2000, clock) == {}


def test_what_waits_for_a_digest_that_never_went_goes_with_the_dead_letters(clock: MovedClock) -> None:
    draft = NoticeDraft("r", "person:bob", "good", "t", {"said": "x"}, digest="daily")
    made = desk(clock, {"told": answering("itsmkit_notify", [draft]), "post": Post()}, retention=KEEP)
    reported(made)
    made.tick()

    def states() -> dict[str, set[str]]:
        found = [one for one in made.setup.store.find(Query("notice"), ALL).items if isinstance(one, Notice)]
        return {kind: {one.state for one in found if (one.rule == "digest") is (kind == "digest")}
                for kind in ("digest", "told")}  # fmt: skip

    assert states() == {"digest": {"waiting"}, "told": {"held"}}
    assert "notice" not in gone(made, 179, clock)
    assert gone(made, 2, clock)["notice"] == {"all"}
    assert states() == {"digest": {"waiting"}, "told": {"dropped"}}
    assert made.verify().breaches == ()
    made.tick()
    assert states() == {"digest": {"dropped"}, "told": {"dropped"}}
    assert made.verify().breaches == ()


def test_a_dry_run_foresees_and_changes_nothing(clock: MovedClock) -> None:
    made = worked(clock)
    root = made.principal("root")
    clock.advance(days=2000)
    listed = list(made.operator(root).retain(dry_run=True))
    assert ticket(made).title == "matter one"
    assert list(made.operator(root).retain()) == listed
    assert list(made.operator(root).retain()) == []


def test_what_runs_out_later_is_only_foreseen(clock: MovedClock) -> None:
    from datetime import timedelta

    made = worked(clock)
    later = made.setup.world.now() + timedelta(days=2000)
    root = made.principal("root")
    assert len(list(made.operator(root).retain(later, dry_run=True))) > 3
    with pytest.raises(BadInput, match="dry run"):
        list(made.operator(root).retain(later))
    with pytest.raises(NotAllowed):
        made.operator(made.principal("bob")).retain()


def test_a_worker_does_it_once_a_day_in_chunks_that_a_dead_worker_may_leave(
    clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("itsmkit.core.retaining.CHUNK", 3)
    made = worked(clock)
    clock.advance(days=2000)
    from itsmkit import Lane

    store = made.setup.store
    (lease,) = (one for one in store.lease(Lane.DUE, 60, 100) if one.type == "routine")  # this worker dies
    assert lease.id == "retention"
    clock.advance(minutes=2)
    made.tick(1000)
    assert ticket(made).title == ""
    received = store.find(Query("received"), ALL).items
    assert all(vars(one)["erased"] == "all" for one in received)
    runs = [one for one in store.history("routine", "retention", ALL) if one.args.get("erased")]
    assert len(runs) > 2
    assert all(one.args["erased"] <= 3 for one in runs)
    made.tick(1000)
    assert len(store.history("routine", "retention", ALL)) == store.get("routine", "retention", ALL).version  # type: ignore[union-attr]
    assert made.verify().breaches == ()
    version = store.get("routine", "retention", ALL).version  # type: ignore[union-attr]
    made.tick()
    assert store.get("routine", "retention", ALL).version == version  # type: ignore[union-attr]
    clock.advance(days=1, hours=1)
    made.tick()
    assert store.get("routine", "retention", ALL).version == version + 1  # type: ignore[union-attr]


def test_the_words_of_what_ran_beside_a_ticket_go_with_its_text(clock: MovedClock) -> None:
    made = desk(clock, retention=Retention(text=30))
    number = brought_to(made, "IM3.1").number
    made.do("split", number, made.principal("carol"), team="db", title="Ann's locks", text="Ann says since noon")
    made.do("withdraw", "TK26-000001", made.principal("carol"), reason="found it")
    clock.advance(days=31)
    (one,) = made.operator(made.principal("root")).retain()
    assert (one.type, one.number) == ("task", number)
    task = made.record("TK26-000001", made.service("test"))
    assert (task.title, task.text, task.erased) == ("", "", "all")
