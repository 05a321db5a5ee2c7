"""Likeness through the desk: solved tickets that share rare terms, in English and Chinese alike, and nothing else."""

import pytest

from itsmkit import Desk, Kind, Rules, Ticket
from itsmkit.testing import MovedClock, PluginContract, brought_to, desk, reported
from itsmkit_match_text import Settings, plugin


class TestContract(PluginContract):
    def plugin(self) -> object:
        return plugin(Settings())


@pytest.fixture
def made(clock: MovedClock) -> Desk:
    return desk(clock, use=("match_text",))


def solved(made: Desk, title: str, solution: str = "a new cable") -> Ticket:
    ticket = brought_to(made, "IM3.1", title=title)
    made.do("resolve", ticket.number, made.principal("carol"), solution=solution)
    return ticket


def matched(made: Desk, title: str) -> Ticket:
    ticket = reported(made, title)
    made.tick()
    return made.ticket(ticket.number, made.principal("bob"))


@pytest.mark.requirement("KNO-02", "what was solved before is found, Chinese and English alike")
@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("Printer HP-4200 on floor 3 shows paper jam", "paper jam on printer hp-4200 floor 3"),
        ("三楼打印机无法打印，显示卡纸", "打印机无法打印，三楼，卡纸"),
        ("\uff36\uff30\uff2e connection drops", "vpn connection drops"),
    ],
)
def test_the_second_occurrence_is_answered_by_the_first(made: Desk, before: str, now: str) -> None:
    first = solved(made, before)
    second = matched(made, now)
    assert (second.step, second.followed, second.solution) == ("IM4.1", first.number, "a new cable")
    assert second.similar[0].why.startswith("shares ")


@pytest.mark.parametrize("title", ["the coffee machine leaks", "咖啡机漏水", "the and of it", "?!"])
def test_what_shares_nothing_is_not_like(made: Desk, title: str) -> None:
    solved(made, "Printer HP-4200 on floor 3 shows paper jam")
    solved(made, "三楼打印机无法打印")
    assert matched(made, title).similar == ()


@pytest.mark.requirement("INC-20", "similar tickets are found, those still at work too")
def test_an_open_ticket_is_found_and_offers_no_solution(made: Desk) -> None:
    first = reported(made, "vpn connection drops")
    second = matched(made, "vpn connection drops")
    assert [(one.number, one.solution) for one in second.similar] == [(first.number, "")]
    assert second.step == "IM2.9"


def test_the_most_alike_come_first_and_no_more_than_wanted(clock: MovedClock) -> None:
    rules = Rules(default_category="network", alike_enough=1.0)
    made = desk(clock, use=("match_text",), rules=rules, plugin={"match_text": {"most": 2, "least": 0.1}})
    for title in ("vpn", "vpn drops hourly today", "vpn drops hourly"):
        ticket = brought_to(made, "IM2.9", title=title) if title == "vpn" else reported(made, title)
        made.tick()
        ticket = brought_to(made, "IM2.9", made.ticket(ticket.number, made.principal("bob")))
        made.do("resolve", ticket.number, made.principal("bob"), solution=title)
    found = matched(made, "vpn drops").similar
    assert [one.solution for one in found] == ["vpn drops hourly", "vpn drops hourly today"]
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_a_likeness_that_isn_t_sure_is_left_to_a_person(clock: MovedClock) -> None:
    made = desk(clock, use=("match_text",))
    solved(made, "vpn drops hourly since the update")
    ticket = matched(made, "vpn drops at night")
    assert (ticket.step, ticket.kind) == ("IM2.8", Kind.INCIDENT)
    assert [one.solution for one in ticket.similar] == ["a new cable"]
