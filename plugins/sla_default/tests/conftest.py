"""What the tests here share."""

import pytest

from itsmkit.testing import MovedClock


@pytest.fixture
def clock() -> MovedClock:
    """A clock that stands at nine o'clock of a Monday until it is moved."""
    return MovedClock()
