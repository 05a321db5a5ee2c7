"""What an operator does to a store beside using it. It needs settings, plugins and types, but no desk that can open."""

from collections.abc import Callable, Mapping
from contextlib import closing
from time import monotonic
from types import MappingProxyType
from typing import Any

from itsmkit.core.copying import Copied, copy
from itsmkit.core.errors import BadInput, PluginError
from itsmkit.core.model.query import Scope, Tally
from itsmkit.core.model.record import RecordType
from itsmkit.core.plugins import Plugins
from itsmkit.core.store import Store, StoreKeeper
from itsmkit.core.verify import Verified, verify
from itsmkit.core.world import system_world
from itsmkit.opening import gather, lacks, open_store, placed, record_types
from itsmkit.settings import Settings

Given = Mapping[str, object]
NONE: Given = MappingProxyType({})


def keeper(settings: Settings, url: str = "", given: Given = NONE) -> StoreKeeper:
    """Who looks after the store of that URL, or after the site's; PluginError where no plugin does.

    `given` are further plugins by name, as for `Desk.open`.
    """
    plugins, types = _parts(settings, given)
    return _keeper(plugins, types, placed(url or settings.store.url, settings))


def _keeper(plugins: Plugins, types: tuple[RecordType, ...], url: str) -> StoreKeeper:
    heard = plugins.first("itsmkit_keep_store", _is_keeper, url=url, types=types)
    if heard.answer is None:
        reasons = "; ".join(f"{one.plugin}: {one.detail}" for one in heard.faults)
        msg = f"no plugin looks after the store {url!r}{': ' + reasons if reasons else ''}; try itsmkit[desk]"
        raise PluginError(msg)
    found: StoreKeeper = heard.answer
    return found


def _is_keeper(answer: Any) -> str:
    return lacks(answer, StoreKeeper)


def _parts(settings: Settings, given: Given) -> tuple[Plugins, tuple[RecordType, ...]]:
    plugins, _ = gather(settings, monotonic, given)
    return plugins, record_types(plugins)


def copy_store(
    settings: Settings,
    source: str,
    target: str,
    *,
    skip_unreadable: bool = False,
    progress: Callable[[int], Callable[[], None]] = lambda _: lambda: None,
    given: Given = NONE,
) -> tuple[Copied, Verified]:
    """Move a site at rest from one store's URL to another's; what was copied, and the proof of the target.

    `progress` is told how many records there are and gives what is called for each, copied and verified.
    """
    plugins, types = _parts(settings, given)
    if placed(source, settings) == placed(target, settings):
        msg = "a store can't be copied onto itself; name two"
        raise BadInput(msg)
    with (
        closing(open_store(plugins, source, types, None, settings)) as one,
        closing(open_store(plugins, target, types, None, settings)) as other,
    ):
        step = progress(2 * _records(one, types))
        now = system_world().now()
        copied = copy(one, other, types, now, skip_unreadable=skip_unreadable, progress=step)
        return copied, verify(other, types, step)


def _records(store: Store, types: tuple[RecordType, ...]) -> int:
    counts = (store.tally(Tally(one.name), Scope.system("progress")) for one in types)
    return sum(row.n for rows in counts for row in rows)
