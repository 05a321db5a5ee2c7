"""Mails can't go round for ever: a desk and what answers it, 30 days by a moved clock; bench/proof has more seeds."""

import pytest
from bench.proof.mail_loops import KINDS, breaches, simulate

from itsmkit import Notification


@pytest.mark.requirement("SLA-06", "nothing is sent twice: what answers by itself is answered a few times and no more")
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("kind", KINDS)
def test_no_loop_goes_on(kind: str, seed: int) -> None:
    course = simulate(kind, seed)
    assert course.sent
    assert breaches(course) == []


def test_a_course_repeats_by_its_seed() -> None:
    assert simulate("headerless", 7) == simulate("headerless", 7)


def test_the_proof_bites() -> None:
    """Without its bounds a desk goes on and on, and the proof says so."""
    loose = Notification(confirmations=10_000, per_ticket_minutes=0, per_hour=10_000)
    courses = (simulate("headerless", seed, days=2, notify=loose) for seed in range(20))
    assert any(breaches(course) for course in courses)
