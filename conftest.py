"""What all tests of the house and its plugins share."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager

import pytest
from hypothesis import HealthCheck, settings
from tools.servers import databases
from tools.servers.databases import Databases
from tools.servers.running import NoServer

from itsmkit.testing import MovedClock

# The first run on a machine makes hypothesis's tables of characters, and machines are busy: time proves nothing here.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture
def clock() -> MovedClock:
    """A clock that stands at nine o'clock of a Monday until it is moved."""
    return MovedClock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Databases]:
    """New, empty databases of a real PostgreSQL."""
    yield from _lent(databases.postgres())


@pytest.fixture(scope="session")
def mongo() -> Iterator[Databases]:
    """New, empty databases of a real MongoDB, a replica set of one."""
    yield from _lent(databases.mongo())


def _lent(server: AbstractContextManager[Databases]) -> Iterator[Databases]:
    """Databases of a server that runs as long as this process's tests; skipped where none can run, but not in CI."""
    try:
        given = server.__enter__()
    except NoServer as fault:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(fault))
    try:
        yield given
    finally:
        server.__exit__(None, None, None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The proofs take longest and begin first: left to the end, they would keep one process busy and others idle."""
    items.sort(key=lambda one: one.path.name != "test_proof.py")
