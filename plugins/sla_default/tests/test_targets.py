"""Targets by priority: those shipped, those of a site, and what can't be."""

from datetime import timedelta

import pytest

from itsmkit import Fact, Level, SettingsError
from itsmkit.testing import MovedClock, PluginContract, desk, reported, ticket
from itsmkit_sla_default import Agreement, Settings, plugin


class TestContract(PluginContract):
    def plugin(self) -> object:
        return plugin(Settings())


@pytest.mark.requirement("SLA-01", "response and resolution targets per priority, at the service's hours")
@pytest.mark.parametrize(
    ("priority", "response", "resolution", "calendar"),
    [(1, 15, 240, "always"), (2, 60, 480, "office"), (3, 240, 1440, "office"), (4, 480, 2400, "office")],
)
def test_the_shipped_targets(priority: int, response: int, resolution: int, calendar: str) -> None:
    first, second = plugin(Settings()).itsmkit_agreements(ticket(priority=priority))  # type: ignore[attr-defined]
    assert (first.name, first.seconds, first.calendar) == ("response", response * 60, calendar)
    assert (second.name, second.seconds, second.calendar) == ("resolution", resolution * 60, calendar)
    assert (first.stops, first.pauses) == ((Fact.RESPONDED, Fact.RESOLVED), False)
    assert (second.stops, second.pauses) == ((Fact.RESOLVED,), True)


@pytest.mark.requirement("SLA-03", "each priority has its own chain, functional and hierarchic")
def test_the_chain_of_the_highest_priority(clock: MovedClock) -> None:
    with desk(clock, use=("sla_default",)) as made:
        _, resolution = reported(made, impact=1, urgency=1).clocks
        assert resolution.target.chain == (Level(50, "manager"), Level(75, "next_line"), Level(100, "department"))


def test_a_chain_that_the_site_lacks_is_told_and_starts_no_clock(clock: MovedClock) -> None:
    table = {"priorities": {"4": {"response": 10, "resolution": 20, "resolution_chain": "steep"}}}
    with desk(clock, use=("sla_default",), plugin={"sla_default": table}) as made:
        assert reported(made).clocks == ()
        assert "unknown chain 'steep'; there are answer, calm, close, critical" in made.setup.plugins.faults[-1].detail


@pytest.mark.parametrize("priority", [0, 5])
def test_without_an_agreement_no_clock_runs(priority: int) -> None:
    assert not plugin(Settings()).itsmkit_agreements(ticket(priority=priority))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "wrong",
    [
        Agreement(0, 60),
        Agreement(15, -1),
    ],
)
def test_what_can_t_be_is_refused_when_the_desk_opens(wrong: Agreement) -> None:
    with pytest.raises(SettingsError, match=r"priorities.1: .*target"):
        plugin(Settings({"1": wrong}))


def test_a_site_s_table_is_read_from_its_settings(clock: MovedClock) -> None:
    table = {"sla_default": {"priorities": {"4": {"response": 10, "resolution": 20, "calendar": "always"}}}}
    with desk(clock, use=("sla_default",), plugin=table) as made:
        clocks = reported(made).clocks
        assert [one.due for one in clocks] == [clock() + timedelta(minutes=10), clock() + timedelta(minutes=20)]
        assert clocks[0].target.why == "the site's table (priority 4)"


def test_an_unknown_key_is_refused(clock: MovedClock) -> None:
    with pytest.raises(SettingsError, match=r"sla_default.*unknown key 'respons'"):
        desk(
            clock,
            use=("sla_default",),
            plugin={"sla_default": {"priorities": {"4": {"respons": 10, "resolution": 20}}}},
        )


def test_office_hours_count_only(clock: MovedClock) -> None:
    with desk(clock, use=("sla_default",)) as made:
        response, resolution = reported(made).clocks
        assert response.due == clock() + timedelta(hours=8)
        assert resolution.due == clock() + timedelta(days=4, hours=8)
