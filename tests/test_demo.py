"""The demo keeps its promises: each scene is looked up on the site that it left, not in what it printed."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from itsmkit.cli.session import login
from itsmkit.core.errors import BadInput, NotAllowed, NotFound
from itsmkit.core.model.event import Event
from itsmkit.core.model.message import Report
from itsmkit.core.model.organisation import Duty, Principal
from itsmkit.core.model.query import Query, Tally
from itsmkit.core.model.query import Test as Where
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.verify import STATES
from itsmkit.demo import words_en, words_zh
from itsmkit.demo.run import Lived, run
from itsmkit.desk import Desk
from itsmkit.width import width

AFTER = datetime(2026, 4, 1, tzinfo=UTC)


class Month:
    """A month that was lived, and the desk that it left, opened anew."""

    def __init__(self, lived: Lived, lines: list[str], desk: Desk) -> None:
        self.lived, self.lines, self.desk = lived, lines, desk
        self.all: Principal = desk.service("test", (Duty.READ_REPORTS, Duty.REPORT))

    def ticket(self, scene: str) -> Ticket:
        return self.desk.ticket(self.lived.numbers[scene], self.all)

    def events(self, scene: str, code: str = "", step: str = "") -> list[Event]:
        found = self.desk.history(self.lived.numbers[scene], self.all)
        return [one for one in found if code in ("", one.code) and step in ("", one.step)]

    def mails(self, scene: str, template: str) -> list[Path]:
        return sorted((self.lived.folder / "outbox").glob(f"*-{self.lived.numbers[scene]}-*-{template}-*.eml"))


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    folder = tmp_path_factory.mktemp("demo") / "site"
    lines: list[str] = []
    lived = run(folder, lines.append, compared=0, login=login())
    with Desk.open(folder, clock=lambda: AFTER) as desk:
        yield Month(lived, lines, desk)


def test_it_lives_a_month_and_the_proof_holds(month: Month) -> None:
    assert month.lived.verified.breaches == ()
    assert month.desk.verify().breaches == ()
    channels = {row.key[0]: row.n for row in month.desk.tally(Tally("ticket", ("channel",)), month.all)}
    assert set(channels) == {"alert", "email", "file", "phone"}
    assert sum(channels.values()) > 200
    (counts,) = month.desk.tables("month", "2026-03", month.all)
    assert counts.rows[-1][2] == sum(channels.values())


def test_it_fits_a_terminal_of_80_columns(month: Month) -> None:
    # what names the folder is as long as its name
    told = [line for line in month.lines if str(month.lived.folder) not in line]
    assert [line for line in told if width(line) > 80] == []


def test_the_same_seed_tells_the_same_and_another_seed_something_else(month: Month, tmp_path: Path) -> None:
    for seed, same, days in ((7, True, 3), (8, False, 2)):
        lines: list[str] = []
        run(tmp_path / str(seed), lines.append, seed=seed, days=days, compared=0)
        until = next(at for at, line in enumerate(lines) if line.startswith("This week"))
        assert (lines[1:until] == month.lines[1:until]) is same


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(BadInput, match="not empty"):
        run(tmp_path, print)
    assert [one.name for one in tmp_path.iterdir()] == ["mine.txt"]


def test_the_chinese_demo_is_chinese_and_the_vendors_model_lives_on(tmp_path: Path) -> None:
    lines: list[str] = []
    lived = run(tmp_path / "site", lines.append, model="vendor", language="zh", days=8, compared=2)
    assert lived.verified.breaches == ()
    assert [line for line in lines if width(line) > 80 and str(tmp_path) not in line] == []
    with Desk.open(tmp_path / "site", clock=lambda: AFTER) as desk:
        everything = desk.service("test", (Duty.REPORT,))
        assert desk.settings.site.zone == "Asia/Shanghai"
        assert desk.ticket(lived.numbers["first_mail"], everything).category == "应用系统"
        assert desk.ticket(lived.numbers["paused"], everything).language == "zh"
        assert "referral" in desk.ticket(lived.numbers["through_the_lines"], everything).beside
    receipt = next((tmp_path / "site" / "outbox").glob(f"*-{lived.numbers['first_mail']}-*-received-*.eml"))
    assert "已收到您的报告" in message_from_bytes(receipt.read_bytes(), policy=policy.default)["Subject"]


def test_the_commands_it_names_run_as_printed(month: Month) -> None:
    commands = [line.split() for line in month.lines if line.startswith("  itsmkit --site")]
    assert [words[3] for words in commands] == ["ticket", "explain", "explain", "queue", "report", "verify"]
    for words in (commands[0], commands[4]):
        done = subprocess.run(  # noqa: S603 - the words are the demo's own
            [sys.executable, "-c", "from itsmkit.cli import main; main()", *words[1:]],
            check=False, capture_output=True, text=True, timeout=30,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout


@pytest.mark.parametrize("words", [words_en.WORDS, words_zh.WORDS])
def test_whatever_becomes_of_a_message_or_notice_has_a_word(words: Mapping[str, str]) -> None:
    told = {"received": "state", "notice": "notice"}
    states = {f"{told[type_]}_{state}" for type_, by_event in STATES.items() for state in by_event.values()}
    assert states <= set(words)


# the other model


@pytest.fixture(scope="module")
def vendor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    folder = tmp_path_factory.mktemp("vendor") / "site"
    lines: list[str] = []
    lived = run(folder, lines.append, model="vendor", days=4, compared=3)
    with Desk.open(folder, clock=lambda: AFTER) as desk:
        yield Month(lived, lines, desk)


def test_the_same_reports_come_in_under_both_models(vendor: Month) -> None:
    here, there = vendor.lived.seen
    assert (here.model, there.model) == ("vendor", "tiered")
    assert here.reports == there.reports
    assert len(here.reports) > 20
    assert here.numbers == there.numbers


@pytest.mark.requirement("ORG-01", "by the vendors' model line 1 passes on to whose contract covers it")
def test_by_the_vendor_model_a_ticket_goes_to_whose_contract_covers_it(vendor: Month) -> None:
    assert vendor.lived.verified.breaches == ()
    ticket = vendor.ticket("through_the_lines")
    assert [one.value for one in ticket.timeline if one.what == "team"] == ["service-desk", "software-vendor"]
    (no,) = vendor.events("declined", "decline")
    assert no.by == "person:rosa-blanco"
    assert vendor.desk.ticket(ticket.number, vendor.desk.principal("bjorn-dahl")).number == ticket.number
    with pytest.raises(NotFound):
        vendor.desk.ticket(ticket.number, vendor.desk.principal("erik-holm"))


def test_what_differs_between_the_models_is_told(vendor: Month) -> None:
    here, there = vendor.lived.seen
    assert [line for line in vendor.lines if width(line) > 80 and str(vendor.lived.folder) not in line] == []
    assert here.ways["declined"].startswith("Service desk (line 1) → Hardware vendor (line 3, a vendor) → ")
    assert there.ways["declined"].startswith("Service desk (line 1) → Infrastructure (line 2) → ")
    for fact, house, others in (("chairs", "Robert Engel", "Robert Engel"),
                                ("watches", "Robert Engel", "Bjorn Dahl, Erik Holm")):  # fmt: skip
        assert (there.facts[fact], here.facts[fact]) == (house, others)
    assert f"Robert Engel {len(here.reports)}, " in here.facts["sights"]
    begun = next(at for at, line in enumerate(vendor.lines) if "What the other model makes" in line)
    told = " ".join(" ".join(vendor.lines[begun:]).split())
    for seen in (here, there):
        for text in (*seen.ways.values(), *seen.facts.values()):
            assert f"{seen.model} {text}" in told


# what comes in


@pytest.mark.requirement("INC-01", "mail is taken in and answered with its number")
def test_first_mail(month: Month) -> None:
    ticket = month.ticket("first_mail")
    assert (ticket.channel, ticket.kind, ticket.category) == ("email", "incident", "application system")
    assert [one.by for one in month.events("first_mail", step="IM2.1")] == ["plugin:defaults"]
    assert len(month.mails("first_mail", "received")) == 1


def test_phone_call_is_solved_at_line_1(month: Month) -> None:
    ticket = month.ticket("phone_call")
    assert (ticket.channel, ticket.resolved_line, ticket.closed_by) == ("phone", 1, "confirmed")


def test_chinese_mail_is_read_right_whatever_it_calls_itself(month: Month) -> None:
    ticket = month.ticket("chinese_mail")
    assert ticket.title == "VPN 连不上，堃总在镕城出差"
    assert "已收到" in message_from_bytes(month.mails("chinese_mail", "received")[0].read_bytes(),
                                       policy=policy.default)["Subject"]  # fmt: skip


def test_a_mail_delivered_twice_is_one_ticket(month: Month) -> None:
    ticket = month.ticket("duplicate")
    same = month.desk.find(Query("received", (Where("ticket", value=ticket.id),)), month.all).items
    assert len(same) == 1


def test_an_absence_note_joins_and_is_not_answered(month: Month) -> None:
    (joined,) = month.events("absent_reader", "joined")
    assert joined.args["automatic"] is True
    assert month.mails("absent_reader", "joined") == []


@pytest.mark.requirement("INC-01", "what nobody can read is a ticket with the raw message kept")
def test_not_readable(month: Month) -> None:
    ticket = month.ticket("not_readable")
    raw = month.desk.blob(ticket.attachments[0].digest, month.all)
    assert raw is not None
    assert raw.data.startswith(b"\x89\x00broken")


@pytest.mark.requirement("INC-10", "a complaint is verified and the manager told")
def test_complaint(month: Month) -> None:
    (verified,) = month.events("complaint", step="IM2.2", code="step")
    assert month.ticket("complaint").kind == "complaint"
    assert (verified.outcome, verified.by) == ("yes", "person:ines-vogel")
    (told,) = month.mails("complaint", "complaint")
    assert "robert.engel@" in told.read_text("utf-8")


@pytest.mark.requirement("INC-06", "repeats fold into one ticket, the recovery is noted")
def test_flapping(month: Month) -> None:
    ticket = month.ticket("flapping")
    assert (ticket.repeats, ticket.firing) == (6, False)
    assert len(month.events("flapping", "repeated")) == 6
    assert len(month.events("flapping", "recovered")) == 1


def test_rows_of_a_file_are_tickets_of_known_people(month: Month) -> None:
    rows = month.desk.find(Query("ticket", (Where("channel", value="file"),)), month.all).items
    assert len(rows) == 20
    assert all(isinstance(one, Ticket) and one.requester and one.kind == "service_request" for one in rows)


@pytest.mark.requirement("SLA-06", "what a receiver that died left behind is finished by a worker")
def test_killed_receiver(month: Month) -> None:
    ticket = month.ticket("killed_receiver")
    (received,) = month.desk.find(Query("received", (Where("ticket", value=ticket.id),)), month.all).items
    assert ticket.opened - received.at >= timedelta(seconds=60)  # type: ignore[union-attr]


def test_stranger_is_taken_in_without_being_anybody(month: Month) -> None:
    assert month.ticket("stranger").requester == ""
    assert len(month.mails("stranger", "received")) == 1


# lines


@pytest.mark.requirement("INC-21", "declined with reason and suggestion, then assigned as suggested")
def test_declined(month: Month) -> None:
    (no,) = month.events("declined", "decline")
    assert no.args["suggest"] == "applications"
    assert no.personal
    assert no.personal["reason"]
    assert month.ticket("declined").team == "applications"


@pytest.mark.requirement("INC-24", "line 1 to 2 to 3, the vendor under contract")
def test_through_the_lines(month: Month) -> None:
    ticket = month.ticket("through_the_lines")
    teams = [one.value for one in ticket.timeline if one.what == "team"]
    assert teams == ["service-desk", "applications", "software-vendor"]
    assert (ticket.resolved_line, ticket.vendor, ticket.hand_overs) == (3, "meridian", 2)
    assert ticket.owner == "ines-vogel"
    assert len(month.events("through_the_lines", "follow-up")) == 1


@pytest.mark.requirement("ORG-02", "a vendor sees its own tickets only")
def test_the_vendor_sees_nothing_else(month: Month) -> None:
    with pytest.raises(NotFound):
        month.desk.ticket(month.lived.numbers["phone_call"], month.desk.principal("astrid-lund"))


def test_on_site(month: Month) -> None:
    assert month.ticket("on_site").on_site
    assert "Emre Aydin" in month.mails("on_site", "visit")[0].read_text("utf-8")


@pytest.mark.requirement("INC-12", "reclassification restarts priority and clocks and keeps the old values")
def test_reclassified(month: Month) -> None:
    ticket = month.ticket("reclassified")
    (changed,) = month.events("reclassified", "reclassify")
    assert (changed.args["old"]["kind"], changed.args["old"]["priority"]) == ("inquiry", 4)
    assert (ticket.kind, ticket.category, ticket.priority) == ("incident", "information security", 2)


# clocks


@pytest.mark.requirement("SLA-02", "clocks rest while the ticket waits for the customer")
def test_paused(month: Month) -> None:
    ticket = month.ticket("paused")
    facts = {one.what: one.at for one in ticket.timeline}
    assert facts["resumed"] - facts["paused"] > timedelta(days=4)
    resolution = next(one for one in ticket.clocks if one.target.name == "resolution")
    assert resolution.met is True
    assert [one.args["requester"] for one in month.events("paused", "joined")] == [True]


@pytest.mark.requirement("SLA-04", "the incident manager judges whether to escalate, and it is on the ticket")
def test_a_planned_escalation_comes_true_and_is_judged(month: Month) -> None:
    (event,) = month.events("planned", "escalated")
    assert (event.args["clock"], event.args["level"], event.args["late"]) == ("response", "100%", 0)
    assert [one.args["judged"] for one in month.events("planned", "withhold")] == [["response"]]
    assert month.ticket("planned").unjudged == ()


@pytest.mark.requirement("SLA-03", "a chain fires at its shares: manager, then the next line")
@pytest.mark.requirement("INC-32", "no resolution of a severe fault without a confirmed backup")
def test_outage(month: Month) -> None:
    ticket = month.ticket("outage")
    fired = [(one.args["clock"], one.args["share"], one.args["to"], one.args["late"])
             for one in month.events("outage", "escalated")]  # fmt: skip
    assert fired == [("response", 100, "manager", 0), ("resolution", 50, "manager", 0),
                     ("resolution", 75, "next_line", 0)]  # fmt: skip
    assert len(month.mails("outage", "escalated")) == 3
    assert (ticket.priority, ticket.line, ticket.backup) == (1, 2, True)
    assert [one.args["backup"] for one in month.events("outage", "resolve")] == [True]
    assert any("INC-32" in line for line in month.lines)
    desk, manager = month.desk, month.desk.principal("robert-engel")
    report = Report("database down", kind="incident", category="server hardware", impact=1, urgency=1, channel="phone")
    number = desk.report(report, manager).number
    desk.do("take", number, manager)
    with pytest.raises(NotAllowed, match="INC-32"):
        desk.do("resolve", number, manager, solution="restarted")


@pytest.mark.requirement("INC-30", "a solution that needs a change waits for it")
def test_change_needed(month: Month) -> None:
    ticket = month.ticket("change_needed")
    facts = {one.what: one.value for one in ticket.timeline}
    assert (ticket.change, facts["paused"]) == ("RFC-0118", "change")


@pytest.mark.requirement("SLA-01", "targets hold across the turn of the clocks")
def test_summer_time(month: Month) -> None:
    ticket = month.ticket("summer_time")
    resolution = next(one for one in ticket.clocks if one.target.name == "resolution")
    assert ticket.opened == datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert resolution.met is True
    assert any("Due Sun 29 March 06:30" in line for line in month.lines)


# the end


@pytest.mark.requirement("INC-20", "a known solution is found by matching and taken by the rule of IM2.8")
def test_second_time(month: Month) -> None:
    ticket = month.ticket("second_time")
    (ruled,) = month.events("second_time", step="IM2.8", code="step")
    assert ticket.followed == month.lived.numbers["first_time"]
    assert (ruled.by, ruled.outcome) == ("core", "yes")
    assert ticket.solution == month.ticket("first_time").solution
    assert ticket.resolved_line == 1


@pytest.mark.requirement("INC-40", "a rejected resolution reopens, silence closes and says so")
def test_rejected_and_silent(month: Month) -> None:
    assert month.ticket("rejected").reopened == 1
    assert len(month.events("rejected", "reject")) == 1
    assert [one.args["hours"] for one in month.events("silent", "silent")] == [16]
    assert month.ticket("silent").reopened == 1
    assert len(month.events("silent", "reopen")) == 1
    assert len(month.mails("silent", "closed")) == 2


@pytest.mark.requirement("INC-44", "follow-up calls are recorded, overdue ones shown")
def test_follow_up_calls(month: Month) -> None:
    done = [one for one in month.desk.find(Query("ticket"), month.all, limit=200).items
            if isinstance(one, Ticket) and one.satisfied is not None]  # fmt: skip
    assert len(done) > 20


def test_many_reports_are_one_master_an_announcement_and_a_promise(month: Month) -> None:
    master = month.ticket("master")
    others = [month.ticket(f"many_{at}") for at in (1, 2)]
    assert (master.linked, [one.master for one in others]) == (2, [master.number] * 2)
    assert {one.solution for one in others} == {master.solution}
    for type_, field, end in (("announcement", "status", "withdrawn"), ("commitment", "outcome", "fulfilled")):
        (one,) = month.desk.find(Query(type_, (Where("about", value=master.number),)), month.all).items
        assert getattr(one, field) == end
    assert [len(month.mails(f"many_{at}", "progress")) for at in (1, 2)] == [1, 1]
