"""The test kit for plugins and embedders: contracts to subclass, values ready to use, a clock that is moved by hand.

Names are loaded when they are first asked for; pytest and hypothesis only with those that need them.
"""

import sys
from importlib import import_module
from typing import Any

_WHERE = {
    "itsmkit.testing.builders": (
        "AT blob change commit_all commit_change commit_new notice person received team ticket"
    ),
    "itsmkit.testing.clock": "MovedClock",
    "itsmkit.testing.desks": "PEOPLE SERVICES TEAMS PlainModel desk desk_settings",
    "itsmkit.testing.driving": "brought_to moved_on reported",
    "itsmkit.testing.garbage": "GARBAGE",
    "itsmkit.testing.hostile": (
        "Hanging Mutating Unspeakable answering endless greedy plugin_at raising recursing reentering"
    ),
    "itsmkit.testing.memory_contract": "MemoryContract",
    "itsmkit.testing.promises.histories": "agree",
    "itsmkit.testing.promises.plugins": "PluginContract",
    "itsmkit.testing.sample_type": "CONFIDED Confided SAMPLE Sample sample",
    "itsmkit.testing.strategies": (
        "drafts moments queries reaches samples scopes tallies tests texts tickets whole_numbers words"
    ),
    "itsmkit.testing.store_contract": "StoreContract",
}
_PROMISES = "itsmkit.testing.promises"
_HOME = {name: module for module, names in _WHERE.items() for name in names.split()}

__all__ = sorted(_HOME)  # noqa: PLE0605 - one list, kept once


def __getattr__(name: str) -> Any:
    try:
        home = _HOME[name]
    except KeyError:
        msg = f"module 'itsmkit.testing' has no attribute {name!r}"
        raise AttributeError(msg) from None
    if "pytest" in sys.modules and _PROMISES not in sys.modules:
        # Else a promise that is broken would say "assert False" instead of showing both sides.
        sys.modules["pytest"].register_assert_rewrite(_PROMISES)
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return list(__all__)
