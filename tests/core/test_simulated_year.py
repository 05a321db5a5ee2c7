"""A simulated year in short; `python -m bench.proof.escalations 1000` is the long one."""

import pytest
from bench.proof.escalations import proven


@pytest.mark.requirement(
    "SLA-06", "a year of workers that die, stall and have wrong clocks: nothing lost, early, twice"
)
@pytest.mark.requirement("SLA-03", "a year of chains: each level once, in order, as soon as it is due")
@pytest.mark.parametrize("seed", [1, 2])
def test_a_simulated_year_has_nothing_lost_nothing_early_nothing_twice(seed: int) -> None:
    year, verdict = proven(seed, tickets=25)
    assert verdict.faults == ()
    assert verdict.fired > 50
    assert year.counts["stall"] + year.counts["die before"] + year.counts["die after"] > 3
