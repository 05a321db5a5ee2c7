import csv
import io
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st

from itsmkit.cli.root import cli
from itsmkit.cli.show import FORMULA, plain, safe
from itsmkit.width import cut, pad, tame, width, wrapped

if TYPE_CHECKING:
    from tests.cli.conftest import Itsmkit

TEXTS = st.text(st.sampled_from("ab c中文，。é\u0301한🖨-"), max_size=60)


@given(TEXTS, st.integers(1, 30))
def test_a_cut_text_fits(text: str, most: int) -> None:
    assert width(cut(text, most)) <= most
    assert cut(text, most) == text or cut(text, most).endswith("…")


@given(TEXTS, st.integers(1, 30))
def test_a_padded_text_stands_as_wide_as_asked(text: str, columns: int) -> None:
    assert width(pad(cut(text, columns), columns)) == columns


@given(TEXTS, st.integers(2, 30))
@example("aaa\u0301", 2)
def test_wrapping_fits_and_loses_nothing(text: str, columns: int) -> None:
    lines = list(wrapped(text, columns))
    assert all(width(line) <= columns for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_chinese_stands_two_columns_wide() -> None:
    assert (width("编号"), width("T26"), width("e\u0301"), width("，")) == (4, 3, 1, 2)


def test_what_moves_the_cursor_is_taken_out() -> None:
    assert tame("a\x1b[2Jb\u202ec\u2028d") == "a [2Jb c d"


def test_columns_stand_below_each_other_in_chinese(chinese: Path) -> None:
    told = CliRunner(env={"COLUMNS": "80"}).invoke(cli, ["--site", str(chinese), "ticket", "list"])
    heading, rule, *rows = told.stdout.splitlines()
    assert heading.split() == ["编号", "优先级", "状态", "步骤", "团队", "标题"]
    assert len(rows) == 2
    starts = [0] + [at + 1 for at, (one, other) in enumerate(pairwise(rule)) if one + other == " ─"]
    for line in (heading, *rows):
        columns = "".join(char if width(char) == 1 else f"{char}\0" for char in line)
        assert all(at == 0 or columns[at - 1] == " " for at in starts), line


@pytest.mark.parametrize("start", FORMULA)
def test_no_cell_is_a_formula(start: str) -> None:
    assert safe(f"{start}cmd|' /C calc'!A0").startswith("'")


def test_numbers_and_moments_stay_what_they_are() -> None:
    assert (safe(-5), safe("fine"), safe(None)) == (-5, "fine", None)
    assert plain(datetime(2026, 3, 2, 8, tzinfo=UTC)) == "2026-03-02T08:00:00.000+00:00"


def test_a_hostile_title_harms_neither_screen_nor_spreadsheet(it: "Itsmkit") -> None:
    it("ticket", "report", "--title", "=HYPERLINK(1)\x1b[31m red", "--text", "\x1b]0;own\x07")
    assert "\x1b" not in it("ticket", "list").stdout + it("ticket", "show", "T26-000001").stdout
    (row,) = csv.DictReader(io.StringIO(it("ticket", "list", "--format", "csv").stdout))
    assert row["title"].startswith("'=HYPERLINK")


SORTS = {
    "task": "task", "change": "change", "ci-notice": "ci notice", "remote-session": "remote session",
    "work-order": "work order", "referral": "referral", "commitment": "commitment", "announcement": "announcement",
    "register": "entry",
}  # fmt: skip


@pytest.mark.parametrize("group", SORTS)
@pytest.mark.parametrize("number", ["T26-000001", "nosuch"])
def test_a_number_of_another_sort_is_none_of_this_one(looking: "Itsmkit", group: str, number: str) -> None:
    said = looking.error(group, "show", number)
    assert f"no {SORTS[group]} '{number}'" in said
    assert f"`itsmkit {group} list`" in said


def test_a_verb_of_a_task_is_not_done_to_a_ticket(at_work: "Itsmkit") -> None:
    before = at_work.stored()
    assert "no task 'T26-000003'" in at_work.error("--as", "anna", "task", "withdraw", "T26-000003", "--reason", "x")
    assert "no referral 'T26-000001'" in at_work.error("--as", "ben", "referral", "acknowledge", "T26-000001")
    assert at_work.stored() == before


def test_a_step_that_a_verb_answered_is_told_once(looking: "Itsmkit") -> None:
    for command in (("ticket", "show"), ("explain",)):
        told = looking(*command, "T26-000001").stdout
        assert "IM2.12 accept / Accept and understand: understood" in told
        assert told.count("Accept and understand") == 1
        assert "IM2.4 assigned: assigned" not in told
    codes = [one["what"] for one in looking.json("explain", "T26-000001") if one["step"] == "IM2.12"]
    assert codes == ["accept", "step"]


def test_what_was_decided_together_is_reasoned_once(looking: "Itsmkit") -> None:
    told = looking("explain", "T26-000002").stdout
    table = told[: told.index("opened:")]
    assert table.count("of the matrix") == 1
    assert "priority 1);" not in told


def test_codes_of_our_own_read_in_chinese(looking: "Itsmkit") -> None:
    told = looking("--lang", "zh", "explain", "T26-000001").stdout
    assert "IM2.9 转下一线 / 尝试解决: 已尝试, " in told
    assert "0 项等待" in looking("--lang", "zh", "health").stdout
    assert "已尝试" in looking("--lang", "zh", "ticket", "show", "T26-000001").stdout.split()
    assert "锁文件" in looking("--lang", "zh", "store", "check").stdout
    assert {"0 waiting"} & {one["detail"] for one in looking.json("--lang", "zh", "health")}
    assert "角色:manager" in looking("--lang", "zh", "subscription", "list").stdout
