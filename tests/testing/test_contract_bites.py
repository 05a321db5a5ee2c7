"""The contract tells broken stores from sound ones: each fault by the promise named for it."""

from collections import Counter
from pathlib import Path

import pytest

from itsmkit.core.memory import MemoryStore
from itsmkit.testing import MemoryContract, StoreContract
from itsmkit.testing.promises.laws import LawPromises
from itsmkit.testing.promises.sites import SitePromises
from tests.testing.broken_stores import BROKEN, Bite

# Laws and promises of whole sites are left out: comparing everything with everything, they fail for nearly any fault.
PROMISES = tuple(
    name
    for name in dir(StoreContract)
    if name.startswith("test_") and not hasattr(LawPromises, name) and name not in vars(SitePromises)
)


def _kept(store: type[MemoryStore], promise: str, folder: Path) -> bool:
    contract = type("Contract", (MemoryContract,), {"make": store})()
    try:
        with contract.at_work(folder):
            getattr(contract, promise)()
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - whatever it raises, the promise is not kept
        return False
    return True


def test_the_sound_store_keeps_every_promise(tmp_path: Path) -> None:
    assert [promise for promise in PROMISES if not _kept(MemoryStore, promise, tmp_path)] == []


@pytest.mark.parametrize(("store", "bite"), BROKEN.items(), ids=[one.__name__ for one in BROKEN])
def test_a_broken_store_breaks_the_promise_named_for_it_and_no_other(
    store: type[MemoryStore], bite: Bite, tmp_path: Path
) -> None:
    broken = {promise for promise in PROMISES if not _kept(store, promise, tmp_path)}
    assert broken == {bite.promise, *bite.also}


def test_no_promise_hides_another_of_the_same_name() -> None:
    parts = StoreContract.__bases__
    names = Counter(name for part in parts for name in vars(part) if not name.startswith("__"))
    assert [name for name, count in names.items() if count > 1] == []


def test_each_fault_has_a_promise_of_its_own() -> None:
    named = [bite.promise for bite in BROKEN.values()]
    assert len(set(named)) == len(named)
    assert set(named) <= set(PROMISES)
