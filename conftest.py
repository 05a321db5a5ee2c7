"""What all tests of the house and its plugins share."""

import pytest
from hypothesis import HealthCheck, settings

from itsmkit.testing import MovedClock

# The first run on a machine makes hypothesis's tables of characters, and machines are busy: time proves nothing here.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture
def clock() -> MovedClock:
    """A clock that stands at nine o'clock of a Monday until it is moved."""
    return MovedClock()
