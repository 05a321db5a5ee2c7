"""Random histories: one course of commits, leases and questions on several stores at once, every answer compared."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from copy import copy
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from itsmkit.core.errors import ItsmError
from itsmkit.core.model.query import Op, Page, Query, Scope, Tally, Test
from itsmkit.core.model.record import Unreadable
from itsmkit.core.model.unit import LAPSES, Conflict, Done, Duplicate, Lane, Lease, Outcome, Settle, Unit
from itsmkit.core.store import Store
from itsmkit.testing.builders import AT, change
from itsmkit.testing.clock import MovedClock
from itsmkit.testing.promises import drawing
from itsmkit.testing.promises.base import ALL, Promises
from itsmkit.testing.promises.drawing import CODES, FILES, IDS, LANES, WORDS
from itsmkit.testing.promises.memory import InMemory
from itsmkit.testing.sample_type import Sample, sample

HOLD = 2
RANDOM = st.integers(0, 1 << 32).map(Random)
"""What a step is made of follows from one number: it is drawn fast, and shrunk by leaving steps out."""

Ask = Callable[[Store], Any]


def agree(stores: Mapping[str, Promises], folder: Path, *, examples: int, steps: int, repeat: bool = False) -> None:
    """Hold so many random histories against `MemoryStore`; AssertionError where any of the stores answers otherwise.

    `stores` are contracts by name, of which `open` is used and, where all of them give it, `corrupt`. Each history is
    of so many steps, on fresh stores that share a clock. `repeat` draws the same ones each time and looks for none
    shorter.
    """
    numbers = count(1)

    def histories() -> Histories:
        return Histories(stores, folder / f"history{next(numbers)}")

    phases = (Phase.generate,) if repeat else tuple(Phase)
    checks = tuple(HealthCheck)
    run_state_machine_as_test(
        histories,  # type: ignore[arg-type]  # anything that makes a machine will do
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=repeat,
            database=None,
            phases=phases,
            suppress_health_check=checks,
            print_blob=False,
        ),
    )


class Histories(RuleBasedStateMachine):
    """One history. Each rule is a step; a step asks every store the same and compares the answers."""

    def __init__(self, stores: Mapping[str, Promises], folder: Path) -> None:
        super().__init__()
        self._opened = ExitStack()
        self._clock = MovedClock()
        self._truth, self._corrupt_truth = self._fresh(InMemory(), folder / "truth")
        fresh = {name: self._fresh(one, folder / name) for name, one in stores.items()}
        self._stores = {name: store for name, (store, _) in fresh.items()}
        self._corrupts = [corrupt for _, corrupt in fresh.values()]
        self._breakable = all(type(one).corrupt is not Promises.corrupt for one in stores.values())
        self._held: list[Lease] = []
        self._pages: list[tuple[Query, Scope, dict[str, str]]] = []

    def _fresh(self, contract: Promises, folder: Path) -> tuple[Store, Callable[[str], None]]:
        """An empty store of that contract, and what breaks the body of a record in it."""
        folder.mkdir(parents=True)
        one = copy(contract)
        one.folder, one.clock = folder, self._clock
        store = one.open(one.types, self._clock)
        self._opened.callback(store.close)
        return store, lambda id_: one.corrupt(store, "sample", id_)

    def teardown(self) -> None:
        """The end of the history."""
        self._opened.close()

    # asking

    def _same(self, ask: Ask) -> Any:
        """The answer that all give."""
        expected = _told(ask, self._truth)
        for name, store in self._stores.items():
            told = _told(ask, store)
            assert told == expected, f"{name} answers otherwise than the store in memory"
        return expected

    def _known(self) -> dict[str, Sample]:
        found = (self._truth.get("sample", id_, ALL) for id_ in IDS)
        return {one.id: one for one in found if isinstance(one, Sample)}

    # writing

    @initialize()
    def begin(self) -> None:
        """Not to begin with nothing."""
        alike = {"number": 1, "at": AT, "text": "printer", "reach": ("team:net",)}
        self._commit(*(Unit((change(sample(serial, **alike)),)) for serial in range(4)))

    @initialize()
    def ask_nonsense(self) -> None:
        """Questions that no store may answer, and places where nothing is."""
        wrong = (Test("remark"), Test("number", Op.IS, "1"), Test("word", Op.ANY_OF, ["a"]), Test("at", Op.LESS, 1))
        public = Scope(frozenset({"team:net"}))
        for test in wrong:
            self._same(lambda store, test=test: store.find(Query("sample", (test,)), public))  # type: ignore[misc]
            self._same(lambda store, test=test: store.tally(Tally("sample", (), (test,)), ALL))  # type: ignore[misc]
        self._same(lambda store: store.find(Query("sample", order="remark"), ALL))
        self._same(lambda store: store.find(Query("sample", order="number"), ALL, '["1","0"]'))
        self._same(lambda store: store.tally(Tally("sample", sums=("word",)), ALL))
        self._same(lambda store: store.find(Query("nothing"), ALL))
        self._same(lambda store: store.get("ticket", f"code:{CODES[0]}", ALL))
        self._same(lambda store: store.get("ticket", IDS[0], ALL))

    @rule(random=RANDOM, times=st.integers(1, 3))
    def commit(self, random: Random, times: int) -> None:
        """A few units, one after the other."""
        for _ in range(times):
            self._commit(self._unit(random, self._known()))

    @rule(random=RANDOM)
    def commit_batch(self, random: Random) -> None:
        """A few units that rest on the same state."""
        known = self._known()
        self._commit(*(self._unit(random, known) for _ in range(random.randint(2, 3))))

    def _unit(self, random: Random, known: dict[str, Sample]) -> Unit:
        return drawing.unit(random, known, self._clock(), self._held[-4:])

    def _commit(self, *batch: Unit) -> None:
        expected = self._truth.commit(*batch)
        for name, store in self._stores.items():
            for told, due in zip(store.commit(*batch), expected, strict=True):
                assert _alike(told, due), f"{name} says {told}, not {due}"
        for outcome in expected:
            if isinstance(outcome, Done):
                self._held += outcome.leases
        for id_ in {one.after.id for unit in batch for one in unit.changes}:
            self._same(lambda store, id_=id_: store.get("sample", id_, ALL))  # type: ignore[misc]
            self._same(lambda store, id_=id_: store.history("sample", id_, ALL))  # type: ignore[misc]
        if any(unit.erases or _files(unit) for unit in batch):
            self._look_up(ALL)
            self._page(Query("sample", like=WORDS), ALL, {}, len(IDS))

    @precondition(lambda self: self._breakable)
    @rule(random=RANDOM)
    def corrupt(self, random: Random) -> None:
        """Break a body, seldom: what is broken stays so."""
        known = self._known()
        if len(known) > len(IDS) // 2:
            id_ = random.choice(sorted(known))
            for corrupt in (self._corrupt_truth, *self._corrupts):
                corrupt(id_)

    # working

    @rule(seconds=st.sampled_from((1, 1, HOLD, 60, 31 * 86400)))
    def wait(self, seconds: int) -> None:
        """Time goes by."""
        self._clock.advance(seconds)

    @rule(lane=st.sampled_from(LANES), limit=st.integers(1, 3))
    def lease(self, lane: Lane, limit: int) -> None:
        """A worker comes for work."""
        self._held += self._same(lambda store: store.lease(lane, HOLD, limit))

    @rule(lane=st.sampled_from(LANES), workers=st.integers(1, LAPSES + 1))
    def die_at_work(self, lane: Lane, workers: int) -> None:
        """Workers come, one behind the other, and hang; what they hold is theirs to the last second, and no longer."""
        before = len(self._held)
        for _ in range(workers):
            self.lease(lane, 3)
            self.wait(HOLD - 1)
            self.lease(lane, 1)
            self.wait(1)
        woken = [Settle(lease) for lease in self._held[before:]]
        self._same(lambda store: store.settle(*woken))

    @precondition(lambda self: self._held)
    @rule(random=RANDOM)
    def settle(self, random: Random) -> None:
        """A worker is done with some of what was ever held."""
        ended = [drawing.settle(random, one, self._clock()) for one in drawing.some(random, self._held[-6:], 2)]
        self._same(lambda store: store.settle(*ended))

    @rule(lane=st.sampled_from(LANES), limit=st.integers(1, 3))
    def look_at_a_lane(self, lane: Lane, limit: int) -> None:
        """How it stands, in short and todo by todo."""
        self._same(lambda store: store.peek(lane, limit))
        after = ("", "", "")
        while page := self._same(lambda store, after=after: store.todos(lane, after, limit)):  # type: ignore[misc]
            after = page[-1].place

    # reading

    @rule(random=RANDOM)
    def look(self, random: Random) -> None:
        """A record by its id, its history whole and in part, and whatever is found by a key or a digest."""
        id_, scope = random.choice((*IDS, "absent", "' OR 1=1 --")), drawing.scope(random)
        after, limit = random.randint(0, 4), random.randint(1, 3)
        self._same(lambda store: store.get("sample", id_, scope))
        self._same(lambda store: store.history("sample", id_, scope))
        self._same(lambda store: store.history("sample", id_, scope, after, limit))
        self._look_up(scope)

    def _look_up(self, scope: Scope) -> None:
        for code in (*CODES, "$ne"):
            self._same(lambda store, code=code: store.get("sample", f"code:{code}", scope))  # type: ignore[misc]
        for one in FILES:
            self._same(lambda store, digest=one.digest: store.blob(digest, scope))  # type: ignore[misc]

    @rule(random=RANDOM)
    def find(self, random: Random) -> None:
        """The pages of some questions, and of everything in some order."""
        asked = [drawing.query(random) for _ in range(3)]
        for query in (*asked, Query("sample", order=asked[0].order, descending=asked[1].descending)):
            self._page(query, drawing.scope(random), {}, random.randint(1, 3), on=random.random() < 0.8)

    @precondition(lambda self: self._pages)
    @rule(random=RANDOM)
    def turn_the_page(self, random: Random) -> None:
        """Go on behind a page, whatever was written since."""
        query, scope, ends = random.choice(self._pages[-4:])
        self._page(query, scope, ends, random.randint(1, 4))

    @rule(random=RANDOM)
    def tally(self, random: Random) -> None:
        """Some numbers."""
        for _ in range(3):
            asked, scope = drawing.tally(random), drawing.scope(random)
            self._same(lambda store, asked=asked, scope=scope: store.tally(asked, scope))  # type: ignore[misc]

    def _page(self, query: Query, scope: Scope, ends: Mapping[str, str], limit: int, *, on: bool = False) -> None:
        """Compare a page, and `on` until the last. Where one ends is told by each store in words of its own."""
        pages: dict[str, Page] = {}
        for name, store in self._all().items():
            after = ends.get(name)
            page = _told(lambda store, after=after: store.find(query, scope, after, limit), store)  # type: ignore[misc]
            pages[name] = page if isinstance(page, Page) else Page((page,))
        expected = pages[""]
        for name, page in pages.items():
            assert page.items == expected.items, f"{name} finds something else"
            assert (page.after is None) == (expected.after is None), f"{name} ends elsewhere"
        found = {name: page.after for name, page in pages.items() if page.after is not None}
        if found:
            self._pages.append((query, scope, found))
        if found and on:
            self._page(query, scope, found, limit, on=True)

    def _all(self) -> dict[str, Store]:
        return {"": self._truth, **self._stores}


def _told(ask: Ask, store: Store) -> Any:
    """The answer, or the type of the error it is refused with; of what is unreadable, why is each store's own."""
    try:
        answer = ask(store)
    except ItsmError as error:
        return type(error)
    if isinstance(answer, Page):
        return Page(tuple(_plain(one) for one in answer.items), answer.after)
    return _plain(answer)


def _plain(one: Any) -> Any:
    return Unreadable(one.type, one.id, "") if isinstance(one, Unreadable) else one


def _files(unit: Unit) -> bool:
    """Whether the unit names bytes or ceases to."""
    return any(getattr(one.after, "files", ()) or getattr(one.before, "files", ()) for one in unit.changes)


def _alike(told: Outcome, expected: Outcome) -> bool:
    """Where several reasons of one sort hold, a store may name any of them; what it says of one is the same."""
    if type(told) is not type(expected):
        return False
    if isinstance(told, Conflict) and isinstance(expected, Conflict) and told.id != expected.id:
        return True
    if isinstance(told, Duplicate) and isinstance(expected, Duplicate) and told.key != expected.key:
        return True
    return told == expected
