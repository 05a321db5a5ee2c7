"""Calendars as an operator meets them: shown, listed, their days off taken over and watched, checked by cases."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import time_machine
from click.testing import CliRunner

from itsmkit import Desk, load_settings
from itsmkit.cli.root import cli
from itsmkit.width import width

if TYPE_CHECKING:
    from tests.cli.conftest import Itsmkit

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SOURCE = """
from datetime import date

from itsmkit import CalendarError, DaysOff, hookimpl

@hookimpl
def itsmkit_days_off(source, years, folder):
    kind, _, said = source.partition(":")
    if kind == "law":
        if said == "sick":
            raise CalendarError("law: it is sick; wait")
        off = {date(year, 5, 4): "春节 [spring]" for year in years}
        working = {date(year, 5, 9): "" for year in years if year < 2027}
        notes = ("passed over: a meeting",) if said == "chatty" else ()
        extra = (folder / "more.txt").exists()
        if extra:
            off |= {date(year, 5, 5): "more" for year in years}
        return DaysOff(years, off, working, tuple(year for year in years if year >= 2027), notes)
"""
CALENDARS = """
[cn]
zone = "Asia/Shanghai"
days_off = ["law:cn"]
week = { mon-fri = ["09:00-12:00", "13:30-18:00"] }

[nights]
zone = "Europe/Berlin"
week = { mon-thu = ["22:00-06:00"] }
valid_from = 2020-01-01

[cover]
union = ["cn", "nights"]
"""


@pytest.fixture
def site(it: "Itsmkit") -> "Itsmkit":
    """A site with a source of days off of its own, and calendars that use it; nothing is taken over yet."""
    with time_machine.travel(NOW, tick=False):
        (it.site / "law.py").write_text(SOURCE, "utf-8")
        settings = it.site / "itsmkit.toml"
        settings.write_text(settings.read_text("utf-8").replace('# local = ["my_escalation.py"]', 'local = ["law.py"]'))
        with (it.site / "calendars.toml").open("a", encoding="utf-8") as file:
            file.write(CALENDARS)
        yield it


def appended(site: "Itsmkit", text: str) -> None:
    with (site.site / "calendars.toml").open("a", encoding="utf-8") as file:
        file.write(text)


# days off


def test_a_source_that_nobody_asked_yet_is_told_of_and_asked_by_an_update(site: "Itsmkit") -> None:
    assert "calendars.toml: calendar cn: days_off: 'law:cn' has not been asked yet" in site.error("calendar", "list")
    moved = site.json("calendar", "update")
    assert moved[0] == {"source": "law:cn", "date": "2025-05-04", "was": "", "now": "day off", "name": "春节 [spring]"}
    assert [one["date"] for one in moved if one["now"] == "working day"] == ["2025-05-09", "2026-05-09"]
    assert {one["name"] for one in site.json("calendar", "list")} == {"always", "office", "cn", "nights", "cover"}
    assert "The days off are as they were." in site("calendar", "update").stdout


def test_a_dry_run_shows_what_would_change_and_stores_nothing(site: "Itsmkit") -> None:
    before = sorted(one.name for one in site.site.iterdir())
    told = site("calendar", "update", "--dry-run")
    assert "2026-05-09" in told.stdout
    assert "dry run: nothing was stored" in told.stderr
    assert sorted(one.name for one in site.site.iterdir()) == before


def test_what_a_source_says_otherwise_changes_nothing_until_it_is_taken_over(site: "Itsmkit") -> None:
    site("calendar", "update")
    before = load_settings(site.site).calendars
    with Desk.open(site.site) as desk:
        digest = desk.setup.policy.digest
    (site.site / "more.txt").touch()
    assert load_settings(site.site).calendars == before
    with Desk.open(site.site) as desk:
        assert desk.setup.policy.digest == digest
    (row,) = [one for one in site.json("doctor", code=3) if one["name"] == "law:cn"]
    assert row["state"] == "outdated"
    assert "2026-05-05" in row["detail"]
    assert [one["date"] for one in site.json("calendar", "update", "--years", "2026")] == ["2026-05-05"]
    with Desk.open(site.site) as desk:
        assert desk.setup.policy.digest != digest
    assert {one["state"] for one in site.json("doctor", code=3) if one["part"] == "calendar"} == {"outdated", "waiting"}


def test_an_update_leaves_years_alone_that_it_is_not_asked_about(site: "Itsmkit") -> None:
    site("calendar", "update", "--years", "2024-2026")
    (site.site / "more.txt").touch()
    site("calendar", "update")
    rows = site.json("calendar", "show", "cn", "--from", "2024-05-05", "--until", "2024-05-05")
    assert rows[0]["name"] == ""
    assert site.json("calendar", "show", "cn", "--from", "2026-05-05")[0]["name"] == "more"


def test_a_source_that_no_plugin_knows_or_that_fails_changes_nothing(site: "Itsmkit") -> None:
    appended(site, '[other]\nzone = "UTC"\nweek = { mon = ["09:00-10:00"] }\ndays_off = ["law:sick"]\n')
    assert (
        "no plugin gives 'law:sick'; law: CalendarError: law: it is sick; wait"
        in site("calendar", "update", code=1).stderr
    )
    appended(site, '[third]\nzone = "UTC"\nweek = { mon = ["09:00-10:00"] }\ndays_off = ["stars"]\n')
    assert not (site.site / "days_off.toml").exists()


def test_a_source_of_no_plugin_names_what_to_install(site: "Itsmkit") -> None:
    calendars = site.site / "calendars.toml"
    calendars.write_text(calendars.read_text("utf-8").replace("law:cn", "stars"), "utf-8")
    assert "no plugin gives 'stars'; try itsmkit[calendars]" in site.error("calendar", "update")


def test_days_off_that_would_make_a_calendar_impossible_are_not_taken_over(site: "Itsmkit") -> None:
    appended(site, '[other]\nzone = "UTC"\nweek = { sat = ["09:00-10:00"] }\ndays_off = ["law:x"]\n'
                   'make_up = ["09:00-12:00", "11:00-13:00"]\n')  # fmt: skip
    assert "calendar other: 2025-05-09: shifts 09:00-12:00 and 11:00-13:00 overlap" in site.error("calendar", "update")
    assert not (site.site / "days_off.toml").exists()


def test_what_a_source_passed_over_is_said(site: "Itsmkit") -> None:
    calendars = site.site / "calendars.toml"
    calendars.write_text(calendars.read_text("utf-8").replace("law:cn", "law:chatty"), "utf-8")
    assert "law:chatty: passed over: a meeting" in site("calendar", "update").stderr


def test_a_spoiled_file_of_days_off_is_refused_and_written_anew(site: "Itsmkit") -> None:
    site("calendar", "update")
    kept = site.site / "days_off.toml"
    kept.write_text('["law:cn"]\nyears = "all"\n', "utf-8")
    assert "days_off.toml: law:cn: years must be a list" in site.error("calendar", "list")
    assert "years must be a list" in site("calendar", "update").stderr
    assert len(site.json("calendar", "list")) == 5


@pytest.mark.parametrize("years", ["soon", "2027-2026", "26", "1800", "2000-2300", "-"])
def test_years_that_are_none_are_refused(site: "Itsmkit", years: str) -> None:
    assert "write them as 2026 or 2024-2027" in site.error("calendar", "update", f"--years={years}")


def test_a_year_without_decreed_days_waits_and_presses_when_it_comes_near(site: "Itsmkit") -> None:
    site("calendar", "update")

    def state(code: int) -> tuple[str, str]:
        row = next(one for one in site.json("doctor", code=code) if one["name"] == "cn")
        return row["state"], row["detail"]

    assert state(0) == ("waiting", "cn: law:cn has no make-up days of 2027 yet; add those decreed to its extra days")
    with time_machine.travel(datetime(2026, 11, 25, tzinfo=UTC), tick=False):
        assert state(3)[0] == "outdated"
        appended(site, '[cn.extra]\n2027-05-08 = ["09:00-18:00"]\n')
        assert state(0) == ("ok", "law:cn")
    with time_machine.travel(datetime(2028, 1, 2, tzinfo=UTC), tick=False):
        assert state(3) == ("outdated", "cn: law:cn was not asked about 2028: itsmkit calendar update --years 2028")


# showing


def test_a_month_is_a_grid_with_the_days_that_differ_below(site: "Itsmkit") -> None:
    site("calendar", "update")
    told = site("calendar", "show", "cn", "--month", "2026-05").stdout
    assert " 2026-05  21 days, 157:30 h\n  Mo  Tu  We  Th  Fr  Sa  Su\n" in told
    assert "\n  ×4   5   6   7   8  +9 ·10\n" in told
    assert "· closed as usual  × day off  + working day" in told
    assert "2026-05-04  Mo                                春节 [spring]" in told
    assert "2026-05-09  Sa       09:00-12:00 13:30-18:00  working day" in told
    assert "Mo-Fr 09:00-12:00 13:30-18:00" in told


@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "period", [("--year", "2026"), ("--month", "2026-12"), ("--from", "2026-05-01", "--until", "2026-06-30")]
)
def test_what_is_shown_fits_the_screen(site: "Itsmkit", columns: int, language: str, period: tuple[str, ...]) -> None:
    site("calendar", "update")
    it = type(site)(site.site, columns)
    for name in ("always", "cn", "nights", "cover"):
        told = it("--lang", language, "calendar", "show", name, *period).stdout
        assert max(map(width, told.splitlines())) <= columns
        assert told.isprintable() or "\n" in told
    months = {80: 6, 120: 3}
    if period[0] == "--year":
        headings = [line for line in it("calendar", "show", "always", *period).stdout.splitlines() if "Mo  Tu" in line]
        assert len(headings) == months[columns]


def test_chinese_readers_get_chinese(site: "Itsmkit") -> None:
    site("calendar", "update")
    told = site("--lang", "zh", "calendar", "show", "cn", "--year", "2027")
    assert "  一  二  三  四  五  六  日" in told.stdout
    assert "× 放假" in told.stdout
    assert "law:cn 尚无 2027 年的调休安排" in told.stderr


def test_each_day_is_there_for_programs(site: "Itsmkit") -> None:
    site("calendar", "update")
    rows = site.json("calendar", "show", "cn", "--from", "2026-05-08", "--until", "2026-05-10")
    assert rows[1] == {"date": "2026-05-09", "weekday": 6, "hours": ["09:00-12:00", "13:30-18:00"], "seconds": 27000,
                       "sort": "working_day", "name": ""}  # fmt: skip
    assert [one["sort"] for one in rows] == ["as_usual", "working_day", "closed_as_usual"]
    assert len(site("calendar", "show", "cover", "--year", "2026", "--format", "csv").stdout.splitlines()) == 366


def test_years_in_doubt_are_told_beside_the_answer(site: "Itsmkit") -> None:
    site("calendar", "update")
    told = site("calendar", "show", "cover", "--from", "2027-12-31", "--until", "2028-01-01", "--format", "json")
    assert len(json.loads(told.stdout)) == 2
    assert told.stderr.splitlines() == [
        "cn: law:cn has no make-up days of 2027 yet; add those decreed to its extra days",
        "cn: law:cn was not asked about 2028: itsmkit calendar update --years 2028",
    ]


def test_the_list_says_what_is_open_now(looking: "Itsmkit") -> None:
    with time_machine.travel(NOW, tick=False):
        assert {one["name"]: one["state"] for one in looking.json("calendar", "list")} == {
            "always": "open_now",
            "office": "open_now",
        }
        assert "Next opening" not in looking("calendar", "show", "office").stdout
    with time_machine.travel(datetime(2026, 3, 1, 9, 0, tzinfo=UTC), tick=False):
        assert "Next opening  2026-03-02 09:00" in looking("calendar", "show", "office").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (("moon",), 1, "there is no calendar 'moon'; there are always, office"),
        (("office", "--month", "May"), 1, "'May' is no month; write it as 2026-11"),
        (("office", "--month", "2026-13"), 1, "is no month"),
        (("office", "--from", "tomorrow"), 2, "'tomorrow' is no date; write it as 2026-11-23"),
        (("office", "--from", "2026-05-02", "--until", "2026-05-01"), 1, "is no stretch of 1 to 3660 days"),
        (("office", "--from", "1900-05-02", "--until", "2026-05-01"), 1, "is no stretch of 1 to 3660 days"),
        (("office", "--from", "9999-12-31"), 1, "calendars know the years 1900 to 2200"),
        (("office", "--year", "1899"), 2, "1899 is not in the range"),
        (("office", "--year", "2026", "--month", "2026-01"), 2, "give one of --year, --month, or --from and --until"),
    ],
)
def test_a_period_that_is_none_is_refused(looking: "Itsmkit", arguments: tuple[str, ...], code: int, why: str) -> None:
    assert why in looking.error("calendar", "show", *arguments, code=code)


@pytest.mark.parametrize("edge", ["1900", "2200"])
def test_the_first_and_the_last_year_can_be_shown(looking: "Itsmkit", edge: str) -> None:
    for name in ("office", "always"):
        assert len(looking.json("calendar", "show", name, "--year", edge)) in (365, 366)


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ('zone = "Mars/Olympus"\nweek = { mon = ["09:00-10:00"] }', "calendar bad: unknown time zone 'Mars/Olympus'"),
        ('zone = "UTC"', "calendar bad: never open; give it shifts"),
        (
            'zone = "UTC"\nweek = { mon = ["09:00-12:00", "11:00-13:00"] }',
            "mon: shifts 09:00-12:00 and 11:00-13:00 overlap",
        ),
        ("union = []", "calendar bad: union of nothing"),
        (
            'zone = "UTC"\nweek = { mon = ["09:00-10:00"] }\nholidays = [0201-01-01]',
            "holidays: 0201-01-01 lies outside",
        ),
    ],
)
def test_an_impossible_calendar_is_refused_at_load_with_its_file_and_name(it: "Itsmkit", table: str, why: str) -> None:
    appended(it, f"[bad]\n{table}\n")
    told = it.error("calendar", "list")
    assert f"{it.site}/calendars.toml: " in told
    assert why in told


# cases

CASES = {
    "calendars": {"c": {"tz": "UTC", "weekly": {"mon": [["09:00", "17:00"]]}, "holidays": [], "exceptions": {}}},
    "cases": [
        {"calendar": "c", "op": "between", "start": "2026-05-04T08:00Z", "end": "2026-05-04T10:00Z", "expected": 3600},
        {"calendar": "c", "op": "in_hours", "at": "2026-05-04T08:00Z", "elapsed_oracle": False, "agree": True},
        {"calendar": "c", "op": "in_hours", "at": "2026-05-04T08:00Z", "elapsed_oracle": True, "agree": False},
        {"calendar": "c", "op": "moon_phase"},
    ],
}


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    path = tmp_path / "cases.json"
    path.write_text(json.dumps(CASES), "utf-8")
    return path


def test_cases_that_come_out_right_are_counted_and_need_no_site(cases: Path, tmp_path: Path) -> None:
    runner = CliRunner(env={"COLUMNS": "80", "ITSMKIT_LANG": None})
    told = runner.invoke(cli, ["--site", str(tmp_path / "none"), "calendar", "check", str(cases)])
    assert told.exit_code == 0
    assert told.stdout.splitlines() == [
        "2 of 2 cases that others agree on are met",
        "0 of 1 cases that others disagree on come out as the first says",
        "Left out, being other questions: moon_phase 1",
    ]


def test_a_case_that_differs_is_shown_and_fails(looking: "Itsmkit", tmp_path: Path) -> None:
    wrong = {"calendar": "c", "op": "add", "start": "2026-05-04T09:00Z", "seconds": 60, "expected": "2026-05-04T09:02Z"}
    broken = {"calendar": "none", "op": "add"}
    path = tmp_path / "cases.json"
    path.write_text(json.dumps({**CASES, "cases": [*CASES["cases"], wrong, broken, *[wrong] * 20]}), "utf-8")
    told = looking("calendar", "check", str(path), code=1).stdout
    assert "2 of 24 cases that others agree on are met" in told
    assert "2026-05-04 09:02:00+00:00" in told
    assert "there is no calendar 'none' in the file" in told
    assert told.rstrip().endswith("…")
    figures = looking.json("calendar", "check", str(path), code=1)
    assert (figures["agreed"], figures["met"], len(figures["differing"])) == (24, 2, 22)
    assert figures["left_out"] == {"moon_phase": 1}
    assert figures["differing"][0]["place"] == 5


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cases": []}', '{"cases": [{"op": "moon"}]}', "[" * 100_000])
def test_a_file_without_cases_is_refused(looking: "Itsmkit", tmp_path: Path, text: str) -> None:
    path = tmp_path / "cases.json"
    path.write_text(text, "utf-8")
    looking.error("calendar", "check", str(path))


def test_the_plugins_that_are_shipped_fill_a_calendar(it: "Itsmkit") -> None:
    with time_machine.travel(NOW, tick=False):
        event = ("BEGIN:VEVENT", "SUMMARY:Outing", "DTSTART;VALUE=DATE:20260306", "END:VEVENT")
        (it.site / "closures.ics").write_text("\r\n".join(("BEGIN:VCALENDAR", *event, "END:VCALENDAR")), "utf-8")
        appended(it, '[cn]\nzone = "Asia/Shanghai"\ndays_off = ["holidays:CN", "ical:closures.ics"]\n'
                     'week = { mon-fri = ["09:00-17:00"] }\n')  # fmt: skip
        it("calendar", "update")
        days = {one["date"]: one["sort"] for one in it.json("calendar", "show", "cn", "--year", "2026")}
        assert (days["2026-02-14"], days["2026-02-17"], days["2026-03-06"]) == ("working_day", "day_off", "day_off")
        shutil.copytree(it.site, it.site.parent / "copy")
        assert load_settings(it.site.parent / "copy").calendars == load_settings(it.site).calendars
