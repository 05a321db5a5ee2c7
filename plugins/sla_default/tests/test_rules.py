"""Rules of agreements: the most specific first and why, every kind and clock, and what can't be."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from itsmkit import Fact, SettingsError, Target
from itsmkit.testing import MovedClock, desk, reported, ticket
from itsmkit_sla_default import Rule, Settings, plugin

OFFICE = {"response": 60, "resolution": 480}


def targets(*rules: Rule, **facts: Any) -> dict[str, Target]:
    hooks: Any = plugin(Settings(agreements=rules))
    found = hooks.itsmkit_agreements(ticket(**{"priority": 3, **facts}))
    return {f"{one.kind} {one.name}": one for one in found}


@pytest.mark.requirement("SLA-01", "targets per service, customer and vendor contract, the most specific first")
def test_the_most_specific_rule_wins_clock_by_clock_and_says_over_which() -> None:
    rules = (
        Rule("payroll", services=("payroll",), resolution=120),
        Rule("gold", customers=("acme",), resolution=60, calendar="always"),
        Rule("gold payroll", customers=("acme",), services=("payroll",), response=5),
        Rule("inquiries", kinds=("inquiry",), response=30, priorities=(3,)),
    )
    found = targets(*rules, customer="acme", service="payroll", kind="inquiry")
    assert (found["sla resolution"].seconds, found["sla resolution"].calendar) == (3600, "always")
    assert found["sla resolution"].why == (
        "gold (customer acme) before payroll (service payroll); the site's table (priority 3)"
    )
    assert found["sla response"].why == (
        "gold payroll (customer acme; service payroll) before inquiries (kind inquiry; priority 3); "
        "the site's table (priority 3)"
    )
    assert targets(*rules, service="payroll")["sla resolution"].seconds == 7200
    assert targets(*rules)["sla resolution"].why == "the site's table (priority 3)"


@pytest.mark.requirement("SLA-05", "vendor contracts have their own targets, and so have teams")
def test_teams_and_vendors_have_promises_of_their_own() -> None:
    rules = (
        Rule("lines", "ola", teams=("net", "db"), acknowledgement=30, resolution=240),
        Rule(
            "disks", "contract", vendors=("acme",), acknowledgement=60, arrival=480, resolution=960, calendar="always"
        ),
    )
    assert set(targets(*rules, team="desk")) == {"sla response", "sla resolution"}
    olas = targets(*rules, team="db")
    assert (olas["ola resolution"].party, olas["ola resolution"].seconds) == ("db", 240 * 60)
    assert olas["ola acknowledgement"].stops == (Fact.ACCEPTED, Fact.RESOLVED)
    both = targets(*rules, team="outside", vendor="acme")
    assert {name for name in both if name.startswith("contract")} == {
        "contract acknowledgement", "contract arrival", "contract resolution",
    }  # fmt: skip
    assert both["contract arrival"].starts == (Fact.DISPATCHED,)


def test_every_clock_and_one_of_the_site_s_own(clock: MovedClock) -> None:
    own = {"name": "all", "customers": [], "update": 60, "follow_up": 2400, "arrival": 120,
           "own": {"first_diagnosis": {"minutes": 30, "starts": ["accepted"], "stops": ["told", "resolved"]}},
           "chain": "calm", "chains": {"update": "close"}}  # fmt: skip
    with desk(clock, use=("sla_default",), plugin={"sla_default": {"agreements": [own]}}) as made:
        found = {one.target.name: one.target for one in reported(made).clocks}
    assert set(found) == {"response", "resolution", "update", "follow_up", "arrival", "first_diagnosis"}
    assert found["update"].restarts == (Fact.TOLD,)
    assert found["first_diagnosis"].starts == (Fact.ACCEPTED,)
    assert [one.share for one in found["first_diagnosis"].chain] == [100]
    assert [one.share for one in found["update"].chain] == [75, 100]


VALUES = {"customers": ("acme", "beta"), "services": ("mail", "payroll"), "kinds": ("incident", "inquiry"),
          "priorities": (1, 2)}  # fmt: skip
FIELDS = {"customers": "customer", "services": "service", "kinds": "kind", "priorities": "priority"}


@given(
    st.lists(st.fixed_dictionaries({name: st.sets(st.sampled_from(one)) for name, one in VALUES.items()}), max_size=6)
)
def test_for_every_ticket_one_rule_wins_or_the_settings_are_refused(conditions: list[dict[str, set[Any]]]) -> None:
    rules = tuple(
        Rule(f"r{number}", resolution=number, **{name: tuple(sorted(one, key=str)) for name, one in given.items()})
        for number, given in enumerate(conditions, 1)
    )
    fits: dict[tuple[Any, ...], list[Rule]] = {}
    for case in product(*VALUES.values()):
        asked = dict(zip(VALUES, case, strict=True))
        fits[case] = [
            one for one in rules if all(not getattr(one, name) or asked[name] in getattr(one, name) for name in VALUES)
        ]
    ranks = {case: [tuple(not getattr(one, name) for name in VALUES) for one in found] for case, found in fits.items()}
    if any(len(set(found)) < len(found) for found in ranks.values()):
        with pytest.raises(SettingsError, match="both set resolution"):
            plugin(Settings(agreements=rules))
        return
    for case, found in fits.items():
        facts = {FIELDS[name]: value for name, value in zip(VALUES, case, strict=True)}
        best = min(zip(ranks[case], found, strict=True), default=None, key=lambda pair: pair[0])
        why = targets(*rules, **facts)["sla resolution"].why
        # The short table names a priority: a rule for any ticket comes behind it.
        assert why.startswith(best[1].name if best and not all(best[0]) else "the site's table")


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (Rule("gold", response=-5), r"agreements\[1\] 'gold': target 'response' must be longer than 0"),
        (Rule("gold"), r"agreements\[1\] 'gold': it promises nothing"),
        (Rule(kind="ola", resolution=5), r"agreements\[1\]: an agreement of kind ola names its teams"),
        (Rule(kind="contract", resolution=5), "names its vendors"),
        (Rule(priorities=(0,), resolution=5), "priority 0 is none"),
        (Rule(resolution=5, chains={"respons": "calm"}), "a chain is set for respons"),
    ],
)
def test_what_can_t_be_is_refused_and_named(rule: Rule, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        plugin(Settings(agreements=(rule,)))


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (
            [{"resolution": 60, "calendar": "offce"}],
            r"agreements\[1\].calendar.: there is no calendar 'offce'; there are",
        ),
        (
            [{"resolution": 60}, {"resolution": 5, "kinds": ["chat"]}],
            r"agreements\[2\].kinds.: there is no kind 'chat'",
        ),
        ([{"resolution": 60, "priorities": [5]}], r"agreements\[1\].priorities.: there is no priority 5; .* 1 to 4"),
        ([{"resolution": 60, "kind": "bank"}], r"kind.*'bank'"),
        ([{"resolution": "60"}], "'60' is no int"),
        ([{"resolution": 60, "own": {"x": {"minutes": 5, "stops": ["sunset"]}}}], "'sunset'"),
        ([{"resolution": 60}, {"resolution": 61}], r"agreements\[1\] and agreements\[2\] both set resolution"),
    ],
)
def test_a_site_with_such_a_table_does_not_open(clock: MovedClock, table: list[dict[str, Any]], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        desk(clock, use=("sla_default",), plugin={"sla_default": {"agreements": table}})


def test_services_and_teams_that_the_site_lacks_are_told(clock: MovedClock) -> None:
    rules = [{"services": ["payrol"], "resolution": 5}, {"kind": "ola", "teams": ["nett"], "resolution": 5},
             {"kind": "contract", "vendors": ["acmee"], "resolution": 5}]  # fmt: skip
    with desk(clock, use=("sla_default",), plugin={"sla_default": {"agreements": rules}}) as made:
        told = [one for one in made.troubles if "that the site lacks" in one]
    assert [one.rpartition(": ")[2] for one in told] == ["payrol", "nett", "acmee"]


def test_a_new_priority_brings_the_targets_of_its_rules(clock: MovedClock) -> None:
    rules = [{"name": "high", "priorities": [1, 2], "resolution": 30, "calendar": "always"}]
    with desk(clock, use=("sla_default",), plugin={"sla_default": {"agreements": rules}}) as made:
        filed, bob = reported(made), made.principal("bob")
        clock.advance(minutes=10)
        after = made.do("reprioritise", filed.number, bob, impact=1, urgency=1)
        resolution = next(one for one in after.clocks if one.target.name == "resolution")
        assert resolution.due == filed.opened + timedelta(minutes=30)
        assert resolution.cycle == 2
