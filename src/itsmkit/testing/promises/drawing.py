"""Steps of a history by chance: units, questions and scopes out of small supplies, so that they meet.

Plain random numbers and no strategies: drawing must cost next to nothing beside what the stores do.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from attrs import evolve

from itsmkit.core.model.event import Draft
from itsmkit.core.model.query import Op, Query, Scope, Tally, Test
from itsmkit.core.model.unit import Change, Erase, Given, Lane, Lease, Settle, Todo, Unit
from itsmkit.core.text import terms
from itsmkit.testing.builders import AT, blob, change
from itsmkit.testing.promises.base import ALL
from itsmkit.testing.sample_type import SAMPLE, Sample, sample

IDS = tuple(sample(serial).id for serial in range(6))
CODES = "abcdef"
LANES = (Lane.WORK, Lane.POST)
FILES = tuple(blob(data) for data in (b"", b"one", b"two" * 200_000))
WORDS = terms("printer network 网络 down")
KEYS = ("team:net", "team:db", "person:17")
ORDERS = ("id", *(field.name for field in SAMPLE.fields))
DIGESTS = tuple(one.digest for one in FILES)

_VALUES: Mapping[str, tuple[Any, ...]] = {
    "word": (None, "", "a", "A", "网络", "%", "$ne", "é", "\U0010ffff", "'"),
    "number": (None, -1, 0, 1, 1, 2**53 + 1, -(2**60)),
    "at": (None, AT, AT, AT + timedelta(milliseconds=1), AT + timedelta(milliseconds=1500)),
    "flag": (None, True, False),
    "group": ("", "a", "b", "组"),
    "remark": ("", "internal"),
}
_TOLD = (
    Draft("noted", "core", audience="public"),
    Draft("noted", "person:17", "IM2.1", args={"列": None}, personal={"words": "to be forgotten"}),
    Draft("told", "plugin:rules", why={"score": 1}, personal={"words": "\x00"}, audience="team:net"),
)


def some(random: Random, supply: Sequence[Any], most: int) -> tuple[Any, ...]:
    """None to that many of the supply, each once."""
    return tuple(random.sample(supply, random.randint(0, min(most, len(supply)))))


def scope(random: Random) -> Scope:
    """Everything, or some keys with or without the audience "internal"."""
    if random.random() < 0.3:
        return ALL
    audiences = frozenset({"public", "internal"} if random.random() < 0.5 else {"public"})
    return Scope(frozenset(some(random, KEYS, 2)), audiences)


def query(random: Random) -> Query:
    """A question of any order, often for everything, sometimes by words."""
    like = some(random, WORDS, 3) if random.random() < 0.2 else ()
    return Query("sample", _where(random), like, random.choice(ORDERS), random.random() < 0.5)


def tally(random: Random) -> Tally:
    """Numbers by none to two fields."""
    sums = ("number",) if random.random() < 0.5 else ()
    return Tally("sample", some(random, ORDERS[1:], 2), _where(random), sums)


def _where(random: Random) -> tuple[Test, ...]:
    return tuple(_test(random) for _ in range(random.choice((0, 0, 1, 1, 2))))


def _test(random: Random) -> Test:
    name = random.choice(("id", *(one.name for one in SAMPLE.fields)))
    supply = IDS if name == "id" else [value for value in _VALUES[name] if value is not None]
    op = random.choice(tuple(Op))
    if op in (Op.SET, Op.UNSET):
        return Test(name, op)
    return Test(name, op, some(random, supply, 3) if op is Op.ANY_OF else random.choice(supply))


def unit(random: Random, known: Mapping[str, Sample], now: datetime, leases: Sequence[Lease]) -> Unit:
    """One to three changes, mostly of what is `known` to be stored, with anything that a unit can carry."""
    chosen = random.sample(IDS, random.choice((1, 1, 2, 3)))
    changes = tuple(_change(random, known.get(id_), id_, now) for id_ in chosen)
    given = [Given("sample", id_, known[id_].version if id_ in known else 0) for id_ in some(random, IDS, 1)]
    if given and random.random() < 0.2:
        given = [evolve(one, version=one.version + 1) for one in given]
    ended = tuple(settle(random, one, now) for one in some(random, leases, 1)) if random.random() < 0.4 else ()
    erase = Erase("sample", random.choice((*chosen, *IDS)), random.choice((None, 1, 3)))
    erases = (erase,) if random.random() < 0.3 else ()
    named = {digest for one in changes if isinstance(one.after, Sample) for digest in one.after.files}
    blobs = tuple(one for one in FILES if one.digest in named)
    command = f"do {random.randrange(12)}" if random.random() < 0.3 else ""
    return Unit(changes, tuple(given), ended, erases, blobs, command)


def settle(random: Random, lease: Lease, now: datetime) -> Settle:
    """The end of that lease: for good, or for another try, or parked."""
    again = moment(now, random.randint(-1, 3), lease.id, lease.part) if random.random() < 0.5 else None
    return Settle(lease, again, parked=random.random() < 0.15)


def moment(now: datetime, seconds: int, id_: str, part: str) -> datetime:
    """A moment about now; no two todos ever share one, since the order of equals is nobody's promise."""
    return now + timedelta(seconds=seconds, milliseconds=int(id_, 16) * 2 + bool(part))


def _change(random: Random, before: Sample | None, id_: str, now: datetime) -> Change:
    """Other values for a few fields, sometimes on a version that isn't there."""
    after = evolve(before or sample(), id=id_, **_fields(random))
    if before is not None and random.random() < 0.1:
        before = random.choice((None, evolve(before, version=before.version + 100)))
    todos = {(one.lane, one.part): one for one in (_todo(random, id_, now) for _ in range(random.choice((0, 1, 1, 2))))}
    told = random.choices(_TOLD, k=random.choice((1, 1, 2, 4)))
    return change(after, *told, before=before, todos=tuple(todos.values()))


def _fields(random: Random) -> dict[str, Any]:
    values = {name: random.choice(_VALUES[name]) for name in some(random, tuple(_VALUES), 3)}
    for name, supply, most in (("reach", KEYS, 2), ("codes", CODES, 2), ("files", DIGESTS, 1)):
        if random.random() < 0.5:
            values[name] = some(random, supply, most)
    if random.random() < 0.5:
        values["text"] = " ".join(some(random, WORDS, 3))
    return values


def _todo(random: Random, id_: str, now: datetime) -> Todo:
    part, seconds = random.choice(("", "", "1-2")), random.choice((-2, -1, 0, 1, 5, None))
    due = None if seconds is None else moment(now, seconds, id_, part)
    return Todo(random.choice(LANES), due, part, random.choice((0, 0, 0, 2)))
