"""Each hook does what its docstring says: the example of the docstring takes part in a real desk."""

import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner

from itsmkit import (
    Clock,
    Contact,
    Desk,
    NoticeDraft,
    Principal,
    Query,
    Report,
    Service,
    Target,
    Ticket,
    hookimpl,
    hookspecs,
    load_settings,
    next_opening,
    seeded_world,
)
from itsmkit.testing import MovedClock, person, team

OFFICE = '[office]\nzone = "UTC"\nweek = { mon-fri = ["09:00-17:00"] }\n'
Opener = Callable[..., Desk]


def source(hook: str) -> str:
    return inspect.cleandoc(inspect.getdoc(getattr(hookspecs, hook)).partition("Example::")[2])


def example(hook: str) -> ModuleType:
    """The docstring's example as a module."""
    module = ModuleType("example")
    exec(source(hook), vars(module))  # noqa: S102 - our own docstring
    return module


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def opened(tmp_path: Path, clock: MovedClock) -> Iterator[Opener]:
    """Opens a desk in memory with the hook's example in it, and a few people and teams."""
    desks = []

    def opener(hook: str, toml: str = '[store]\nurl = "memory:"\n', **more: Any) -> Desk:
        (tmp_path / "itsmkit.toml").write_text(toml, "utf-8")
        (tmp_path / "calendars.toml").write_text(OFFICE, "utf-8")
        given = {"example": example(hook), **more}
        desk = Desk.open(tmp_path, world=seeded_world(clock), clock=clock, plugins=given)
        desks.append(desk)
        people = [
            person(1, roles=("administrator",)),
            person(2, roles=("agent",)),
            person(3, roles=("incident_manager",)),
        ]
        teams = [team("desk"), team("network", line=2), team("server", line=2)]
        list(desk.load([*teams, *people, Service(id="payroll", name="Payroll")], by=desk.service("test")))
        return desk

    yield opener
    for desk in desks:
        desk.close()


def reported(desk: Desk, title: str, **more: Any) -> Ticket:
    """A ticket as it stands once it came in by phone."""
    receipt = desk.report(Report(title, **{"channel": "phone", **more}), by=me(desk))
    return desk.ticket(receipt.number, me(desk))


def me(desk: Desk) -> Principal:
    return desk.service("test")


def event(desk: Desk, ticket: Ticket, **wanted: Any) -> Any:
    return next(
        one
        for one in desk.history(ticket.number, me(desk))
        if all(getattr(one, name) == value for name, value in wanted.items())
    )


def test_itsmkit_types_adds_a_type_that_the_store_keeps(opened: Opener) -> None:
    desk = opened("itsmkit_types")
    badge = next(one.value for one in desk.types if one.name == "badge")
    list(desk.load([badge(id="b1", owner="ann")], by=me(desk)))
    assert [one.owner for one in desk.find(Query("badge"), me(desk)).items] == ["ann"]


def test_itsmkit_commands_adds_a_command(tmp_path: Path, opened: Opener) -> None:
    from itsmkit.cli.root import cli

    (tmp_path / "greeting.py").write_text(source("itsmkit_commands"), "utf-8")
    opened("itsmkit_commands", '[store]\nurl = "memory:"\n[plugins]\nlocal = ["greeting.py"]\n')
    assert CliRunner().invoke(cli, ["--site", str(tmp_path), "hello"]).output == "hello\n"


def test_itsmkit_open_store_opens_the_store_of_its_own_url(opened: Opener) -> None:
    desk = opened("itsmkit_open_store", '[store]\nurl = "scratch:"\n')
    assert reported(desk, "kept in the scratch store").title == "kept in the scratch store"


def test_itsmkit_keep_store_looks_after_the_store_of_its_own_url(opened: Opener) -> None:
    desk = opened("itsmkit_keep_store")
    plugins = desk.setup.plugins
    keeper = plugins.first("itsmkit_keep_store", lambda _: "", url="scratch:", types=desk.types).answer
    assert [one.sound for one in keeper.check()] == [False]
    assert plugins.first("itsmkit_keep_store", lambda _: "", url="memory:", types=desk.types).answer is None


def test_itsmkit_days_off_are_taken_over_by_an_update_and_close_a_calendar(tmp_path: Path, opened: Opener) -> None:
    from itsmkit.cli.root import cli

    (tmp_path / "founders.py").write_text(source("itsmkit_days_off"), "utf-8")
    opened("itsmkit_days_off", '[store]\nurl = "memory:"\n[plugins]\nlocal = ["founders.py"]\n')
    with (tmp_path / "calendars.toml").open("a", encoding="utf-8") as file:
        file.write('days_off = ["founders-day"]\n')
    assert CliRunner().invoke(cli, ["--site", str(tmp_path), "calendar", "update", "--years", "2026"]).exit_code == 0
    office = load_settings(tmp_path).calendars["office"]
    friday = datetime(2026, 5, 8, 10, tzinfo=UTC)
    assert next_opening(office, friday) == datetime(2026, 5, 11, 9, tzinfo=UTC)


def test_itsmkit_organisation_gives_duties_and_scopes(opened: Opener) -> None:
    desk = opened("itsmkit_organisation", '[store]\nurl = "memory:"\n[organisation]\nmodel = "one-desk"\n')
    boss, agent = (desk.principal(f"mail:person{one}@example.org") for one in (1, 2))
    assert "record" in agent.duties
    assert set(boss.duties) == {"report"}
    assert not boss.scope.everything


def test_itsmkit_processes_replaces_a_table(opened: Opener) -> None:
    desk = opened("itsmkit_processes")
    assert [one.title for one in desk.processes if one.type == "ticket"] == ["Incidents of the night shift"]


def test_itsmkit_sources_are_polled_and_told_what_was_taken(opened: Opener) -> None:
    desk = opened("itsmkit_sources")
    (receipt,) = desk.poll()
    assert receipt.number
    assert desk.poll() == []


def test_itsmkit_intake_reads_messages_of_its_kind(opened: Opener) -> None:
    desk = opened("itsmkit_intake")
    ticket = desk.ticket(desk.receive(b"FAX please call back").number, me(desk))
    assert (ticket.title, ticket.channel) == ("please call back", "fax")


def test_itsmkit_lookup_registers_a_person_found_outside(opened: Opener) -> None:
    desk = opened("itsmkit_lookup")
    ticket = reported(desk, "no sound", contact=Contact(mail="ann@example.org"))
    assert ticket.requester == "ann"
    assert desk.principal("mail:ann@example.org").name == "Ann"


def test_itsmkit_classify_sets_kind_and_category_and_says_why(opened: Opener) -> None:
    desk = opened("itsmkit_classify")
    ticket = reported(desk, "Forgot my password")
    assert (ticket.kind, ticket.category) == ("service_request", "access")
    assert "speaks of a password" in str(event(desk, ticket, step="IM2.1").why)


def test_itsmkit_prioritise_sets_the_priority_by_the_day(opened: Opener, clock: MovedClock) -> None:
    desk = opened("itsmkit_prioritise")
    known = {"kind": "incident", "category": "application system", "service": "payroll"}
    early = reported(desk, "No payslips", **known)
    clock.advance(days=25)
    late = reported(desk, "Still no payslips", **known)
    assert (late.priority, late.impact) == (1, 1)
    assert early.priority > 1


def test_itsmkit_agreements_starts_a_clock(opened: Opener) -> None:
    desk = opened("itsmkit_agreements", '[store]\nurl = "memory:"\n[plugins]\ndisable = ["sla_default"]\n')
    ticket = reported(desk, "No payslips", kind="incident", category="application system", service="payroll")
    (clock,) = ticket.clocks
    assert clock.due == ticket.opened + timedelta(hours=4)


def test_itsmkit_match_finds_a_solution_that_is_taken(opened: Opener) -> None:
    desk = opened("itsmkit_match")
    ticket = reported(desk, "Printer", text="pale print, toner?", kind="incident", category="terminal device")
    desk.tick()
    ticket = desk.ticket(ticket.number, me(desk))
    assert [one.number for one in ticket.similar] == ["K-1"]
    assert ticket.solution == "Shake the cartridge."


def test_itsmkit_assign_chooses_the_team_of_line_two(opened: Opener) -> None:
    desk = opened("itsmkit_assign")
    ticket = reported(desk, "No network", kind="incident", category="network")
    desk.tick()
    after = desk.do("pass-on", ticket.number, me(desk))
    assert (after.team, after.line) == ("network", 2)
    assert event(desk, ticket, step="IM2.11").by == "plugin:example"


class Hasty:
    """Promises an answer within the minute, and brings it to the manager where there is none."""

    @hookimpl
    def itsmkit_agreements(self) -> list[Target]:
        from itsmkit import Fact, Level

        return [Target("response", 60, "always", stops=(Fact.RESPONDED,), chain=(Level(100, "manager"),))]


def late(opened: Opener, clock: MovedClock, hook: str, *, impact: int, **more: Any) -> tuple[Desk, Ticket]:
    desk = opened(hook, hasty=Hasty(), **more)
    ticket = reported(desk, "No sound", kind="incident", category="terminal device", impact=impact, urgency=impact)
    clock.advance(minutes=2)
    desk.tick()
    desk.tick()
    return desk, ticket


def test_itsmkit_escalate_decides_what_a_late_clock_does(opened: Opener, clock: MovedClock) -> None:
    desk, low = late(opened, clock, "itsmkit_escalate", impact=3)
    assert event(desk, low, code="not_escalated").by == "plugin:example"


def test_itsmkit_escalate_without_an_opinion_leaves_it_to_the_chain(opened: Opener, clock: MovedClock) -> None:
    desk, high = late(opened, clock, "itsmkit_escalate", impact=1)
    assert event(desk, high, code="escalated").args["to"] == "manager"


def test_itsmkit_notify_queues_a_notice(opened: Opener, clock: MovedClock) -> None:
    desk, ticket = late(opened, clock, "itsmkit_notify", impact=1)
    notices = desk.find(Query("notice"), me(desk)).items
    assert ("tell-the-boss", ticket.number) in [(one.rule, one.number) for one in notices]


class TellsAll:
    """Puts the opening of every ticket on the channel "list"."""

    @hookimpl
    def itsmkit_notify(self, event: Any) -> list[NoticeDraft]:
        return [NoticeDraft("all", "role:incident_manager", "list", "all")] if event.code == "opened" else []


def test_itsmkit_channels_are_named_by_rules(opened: Opener) -> None:
    desk = opened("itsmkit_channels")
    assert desk.setup.channels["list"].group


def test_itsmkit_deliver_takes_the_notices_of_its_channel(opened: Opener) -> None:
    desk = opened("itsmkit_deliver", tells=TellsAll())
    reported(desk, "No sound")
    desk.tick()
    desk.tick()
    told = next(one.plugin for one in desk.plugins if one.name == "example").told
    sent = [one for one in desk.find(Query("notice"), me(desk)).items if one.channel == "list" and one.state == "sent"]
    assert [one.message_id for one in sent] == told != []


def test_itsmkit_reports_adds_a_report(opened: Opener) -> None:
    desk = opened("itsmkit_reports")
    reported(desk, "No sound")
    (table,) = desk.tables("backlog", "2026-03", by=me(desk))
    assert table.rows == ((1,),)


def test_itsmkit_escalate_gets_the_clock_as_it_stands(opened: Opener, clock: MovedClock) -> None:
    seen: list[Clock] = []

    class Watches:
        @hookimpl
        def itsmkit_escalate(self, clock: Clock) -> None:
            seen.append(clock)

    late(opened, clock, "itsmkit_reports", impact=1, watches=Watches())
    assert [one.target.name for one in seen if one.target.seconds == 60] == ["response"]
