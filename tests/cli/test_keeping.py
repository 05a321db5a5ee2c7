"""What an operator does to the store and to people's data, from the command line."""

import pickle
import shutil
from pathlib import Path

import pytest

from itsmkit import LAPSES, Desk, Lane
from tests.cli.conftest import Itsmkit

SHELF = Path(__file__).parent.parent / "shelf.py"


def on_shelf(it: Itsmkit) -> Path:
    """The site moved to a store in a file of another kind, with its keeper; that file."""
    shutil.copy(SHELF, it.site / "shelf.py")
    settings = it.site / "itsmkit.toml"
    text = settings.read_text("utf-8").replace("[plugins]\n", '[plugins]\nlocal = ["shelf.py"]\n', 1)
    settings.write_text(text, "utf-8")
    file = it.site / "desk.shelf"
    found = it.json("store", "copy", "sqlite:///desk.db", f"shelf://{file}")
    assert found["breaches"] == found["left"] == []
    settings.write_text(text.replace("sqlite:///desk.db", f"shelf://{file}"), "utf-8")
    (it.site / "desk.db").unlink()
    return file


def test_a_site_moves_to_another_store_and_the_desk_goes_on(at_work: Itsmkit) -> None:
    before = at_work.stored()
    tickets = at_work.json("ticket", "list")
    on_shelf(at_work)
    assert at_work.stored() == before
    assert at_work.json("ticket", "list") == tickets
    at_work("verify")
    at_work("ticket", "report", "--title", "after the move")
    at_work("verify")


def test_a_copy_onto_itself_or_from_nowhere_is_refused(it: Itsmkit) -> None:
    assert "onto itself" in it.error("store", "copy", "sqlite:///desk.db", "sqlite:///desk.db")
    assert "no desk" in it.error("store", "copy", "sqlite:///empty.db", "sqlite:///other.db")
    assert "no plugin can open" in it.error("store", "copy", "sqlite:///desk.db", "paper://drawer")


def test_a_copy_into_a_store_that_holds_something_else_is_refused(at_work: Itsmkit, chinese: Path) -> None:
    shutil.copy(chinese / "desk.db", at_work.site / "other.db")
    said = at_work.error("store", "copy", "sqlite:///desk.db", "sqlite:///other.db")
    assert "none of the source's, or differs" in said


def test_an_outdated_store_that_no_desk_opens_is_checked_and_upgraded(it: Itsmkit) -> None:
    file = on_shelf(it)
    assert [one["state"] for one in it.json("store", "check")] == ["ok", "ok"]
    assert it("store", "upgrade").stdout == "Nothing is missing.\n"
    _, held = pickle.loads(file.read_bytes())  # noqa: S301 - our own file
    file.write_bytes(pickle.dumps((1, held)))
    assert "store upgrade" in it.error("ticket", "list")
    assert it.json("store", "check", code=3)[1] == {"what": "release", "state": "faulty", "detail": "1, due 2"}
    assert "faulty" in it("store", "check", "--format", "csv", code=3).stdout
    dry = it("store", "upgrade", "--dry-run")
    assert "release: 1, due 2" in dry.stdout
    assert "dry run" in dry.stderr
    assert it("store", "upgrade").stdout == "brought to release 2\n"
    it("store", "check")
    it("ticket", "list")


def test_a_backup_is_put_back(it: Itsmkit, tmp_path: Path) -> None:
    file, backup = on_shelf(it), tmp_path / "backup"
    it("ticket", "report", "--title", "before the backup")
    before = it.stored()
    it("store", "backup", str(backup))
    assert "is there already" in it.error("store", "backup", str(backup))
    it("ticket", "report", "--title", "after the backup")
    assert "move it away" in it.error("store", "restore", str(backup))
    file.unlink()
    it("store", "restore", str(backup))
    assert it.stored() == before
    assert "there is no file" in it.error("store", "restore", str(tmp_path / "nothing"))


def dead(it: Itsmkit) -> None:
    """Some dead letters: nobody is there to be told."""
    with Desk.open(it.site) as desk:
        from itsmkit import NoticeDraft, hookimpl

        class Told:
            @hookimpl
            def itsmkit_notify(self) -> list[NoticeDraft]:
                return [NoticeDraft("r", "role:nobody", "email", "t")]

        settings = desk.settings
    with Desk.open(settings, plugins={"told": Told()}) as desk:
        desk.do("comment", "T26-000003", desk.service("test"), text="hello")
        while desk.tick().total:
            pass


def test_dead_letters_are_listed_shown_on_their_ticket_retried_and_dropped(at_work: Itsmkit) -> None:
    dead(at_work)
    found = at_work.json("outbox", "list", "--state", "dead")
    (first, *_) = (one for one in found if one["number"] == "T26-000003")
    assert (first["recipient"], first["error"]) == ("role:nobody", "nobody is there to be told")
    assert "role:nobody" in at_work("outbox", "list", "--format", "csv").stdout
    assert "nobody is there" in at_work("ticket", "show", "T26-000003").stdout
    assert at_work.json("ticket", "show", "T26-000003")["not_delivered"]
    before = at_work.stored()
    assert [one["state"] for one in at_work.json("outbox", "retry", first["id"], "--dry-run")] == ["waiting"]
    at_work("outbox", "drop", "--all", "--reason", "x", "--dry-run")
    assert at_work.stored() == before
    at_work("outbox", "retry", first["id"])
    assert [one["id"] for one in at_work.json("outbox", "list", "--state", "waiting")] == [first["id"]]
    at_work("outbox", "retry", "--all", "--channel", "email")
    at_work("worker", "--once")
    at_work("verify")
    at_work("outbox", "drop", first["id"], "--reason", "told by phone", code=1)  # a worker dropped it: no such role
    assert "by their ids" in at_work.error("outbox", "retry")
    assert "goes with --all" in at_work.error("outbox", "retry", first["id"], "--channel", "email")


def park(it: Itsmkit, lane: Lane) -> None:
    """Whoever takes up what is on the lane dies over it, again and again."""
    from datetime import timedelta

    from itsmkit.testing import MovedClock

    clock = MovedClock()
    with Desk.open(it.site) as desk:
        clock.at(desk.setup.world.now() + timedelta(minutes=2))
    with Desk.open(it.site, clock=clock) as desk:
        for _ in range(LAPSES + 1):
            desk.setup.store.lease(lane, 60, 100)
            clock.advance(minutes=2)


def test_work_that_was_given_up_is_listed_and_put_back(at_work: Itsmkit) -> None:
    at_work("ticket", "report", "--title", "one more")
    park(at_work, Lane.NEWS)
    found = at_work.json("lanes", "list", "--lane", "news")
    assert {(one["lane"], one["lapses"]) for one in found} == {("news", LAPSES)}
    assert "T26-000004" in {one["number"] for one in found}
    before = at_work.stored()
    at_work("lanes", "retry", "--all", "--dry-run")
    assert at_work.stored() == before
    assert "nothing of T26-000009" in at_work.error("lanes", "retry", "T26-000009")
    at_work("lanes", "retry", "T26-000004")
    assert "T26-000004" not in {one["number"] for one in at_work.json("lanes", "list")}
    at_work("lanes", "retry", "--all")
    assert at_work.json("lanes", "list") == []
    at_work("worker", "--once")
    at_work("verify")


def test_a_message_that_was_given_up_is_replayed_or_dropped(it: Itsmkit) -> None:
    from itsmkit import Message
    from itsmkit.core import intake

    with Desk.open(it.site) as desk:
        intake.keep(desk.setup, [Message(b"one", "email", name="one.eml"), Message(b"two", "email", name="two.eml")])
    park(it, Lane.INTAKE)
    first, second = (one["id"] for one in it.json("inbox", "list"))
    assert {one["state"] for one in it.json("inbox", "list")} == {"parked"}
    assert "dry run" in it("inbox", "replay", "--all", "--dry-run").stderr
    assert [one["state"] for one in it.json("inbox", "replay", first)] == ["unreadable"]
    it("inbox", "drop", second, "--reason", "spam")
    assert it.json("inbox", "list") == []
    it("verify")
    assert "finished" in it.error("inbox", "drop", second, "--reason", "spam")
    assert "by their ids" in it.error("inbox", "replay")


def test_people_are_listed_shown_and_erased(at_work: Itsmkit) -> None:
    ids = {one["id"] for one in at_work.json("person", "list")}
    assert "ursula" in ids
    assert at_work.json("person", "show", "mail:ursula@example.org")["id"] == "ursula"
    assert "Ursula" in at_work("person", "show", "ursula").stdout
    assert "--open-too" in at_work.error("person", "erase", "ursula", "--reason", "letter")
    before = at_work.stored()
    dry = at_work.json("person", "erase", "ursula", "--reason", "letter", "--open-too", "--dry-run")
    assert at_work.stored() == before
    assert at_work.json("person", "erase", "ursula", "--reason", "letter", "--open-too") == dry
    assert at_work.json("person", "show", "ursula")["erased"] is True
    assert at_work.json("ticket", "show", "T26-000001")["title"] == ""
    at_work("verify")
    at_work("site", "load")
    assert at_work.json("person", "show", "ursula")["name"] == ""
    assert "no person" in at_work.error("person", "show", "nobody")


def test_retention_foresees_and_runs(at_work: Itsmkit) -> None:
    later = at_work.json("retention", "run", "--until", "2099-01-01", "--dry-run")
    assert {one["type"] for one in later} >= {"received"}
    assert at_work.json("retention", "run") == []
    assert "dry run" in at_work.error("retention", "run", "--until", "2099-01-01")
    assert at_work("retention", "run").stdout == "Nothing is to be erased.\n"


@pytest.mark.parametrize(
    "command",
    [
        ("outbox", "list"),
        ("inbox", "list"),
        ("lanes", "list"),
        ("person", "erase", "ursula", "--reason", "x"),
        ("retention", "run"),
    ],
)
def test_it_takes_the_duty_of_administration(looking: Itsmkit, command: tuple[str, ...]) -> None:
    assert "needs the duty administer" in looking.error("--as", "ben", *command)
