"""The one place where wall clock, identities and randomness come from, so that tests and replays can move them."""

import secrets
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

from attrs import frozen

from itsmkit.core.model.record import instant, to_ms

if sys.version_info >= (3, 14):
    from uuid import uuid7
else:
    from uuid_utils import uuid7


@frozen
class World:
    """What the desk takes from outside: `now()`, `new_id()` (32 hex digits, rising with time) and `salt()`."""

    now: Callable[[], datetime]
    new_id: Callable[[], str]
    salt: Callable[[], str]
    monotonic: Callable[[], float]


def system_world() -> World:
    """The real one."""
    from time import monotonic

    return World(
        now=lambda: instant(datetime.now(UTC)),
        new_id=lambda: uuid7().hex,
        salt=lambda: secrets.token_hex(16),
        monotonic=monotonic,
    )


def seeded_world(now: Callable[[], datetime], seed: int = 0) -> World:
    """A world that repeats: ids and salts follow from the seed, time from `now`."""
    random, serial = Random(seed), iter(range(1 << 62))  # noqa: S311 - a repeatable world is not a secret one

    def new_id() -> str:
        # The layout of RFC 9562 version 7: 48 bits of time, then what sorts and tells apart.
        low = 0x8000000000000000 | random.getrandbits(30) << 32 | next(serial)
        return f"{to_ms(now()):012x}7{random.getrandbits(4):x}{next(serial) & 0xFF:02x}{low:016x}"

    return World(
        now=now,
        new_id=new_id,
        salt=lambda: f"{random.getrandbits(128):032x}",
        monotonic=lambda: to_ms(now()) / 1000,
    )
