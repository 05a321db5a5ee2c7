"""Announcements on the command line."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Itsmkit

WORDS = ("--title", "VPN is down", "--text", "It is known.", "--title-zh", "VPN 中断", "--text-zh", "正在处理。")


@pytest.mark.requirement("INC-11", "drafted, published, shown to users in scope and withdrawn, on the command line")
def test_an_announcement_on_the_command_line(at_work: "Itsmkit") -> None:
    draft = at_work.json("--as", "anna", "announcement", "draft", "T26-000002", *WORDS)
    assert draft["number"] == "T26-000002"
    assert at_work.json("--as", "ursula", "announcement", "list") == []
    assert [one["status"] for one in at_work.json("--as", "anna", "announcement", "list", "--all")] == ["draft"]
    at_work("--as", "anna", "announcement", "publish", "A26-000001")
    (seen,) = at_work.json("--as", "ursula", "announcement", "list")
    assert (seen["title"], seen["about"], seen["drafted_by"]) == ("VPN is down", "", "")
    told = at_work("--as", "ursula", "--lang", "zh", "announcement", "show", "A26-000001").stdout
    assert "正在处理。" in told
    assert "T26" not in told
    at_work("--as", "anna", "announcement", "withdraw", "A26-000001", "--reason", "a false alarm")
    assert "no announcement" in at_work.error("--as", "ursula", "announcement", "show", "A26-000001")


def test_the_list_fits_a_narrow_screen_and_is_told_in_the_reader_s_language(at_work: "Itsmkit") -> None:
    at_work("--as", "anna", "announcement", "draft", "T26-000002", *WORDS)
    at_work("--as", "anna", "announcement", "publish", "A26-000001")
    told = type(at_work)(at_work.site, columns=60)("--lang", "zh", "announcement", "list").stdout
    assert "VPN 中断" in told
    assert "已发布" in told
    assert max(map(len, told.splitlines())) <= 60
