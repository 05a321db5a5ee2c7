"""Where a proof happens: an empty site on some store, and desks that are opened on it one after the other."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from attrs import evolve, frozen
from tools.servers import databases

from itsmkit import Desk, instant
from itsmkit.core.notice_rules import Notification
from itsmkit.core.numbers import Numbers
from itsmkit.core.world import seeded_world
from itsmkit.opening import Opened, open_desk
from itsmkit.testing import PEOPLE, SERVICES, TEAMS, desk_settings
from itsmkit.testing.desks import PlainOrganisation
from itsmkit_store_mongo import Settings as MongoSettings
from itsmkit_store_mongo import plugin as mongo
from itsmkit_store_sql import Settings as SqlSettings
from itsmkit_store_sql import plugin as sql

KINDS = ("sqlite", "postgres", "mongo")
PLUGINS = ("intake_email", "match_text", "notify_email", "sla_default", "store_mongo", "store_sql")
WRITES = ("commit", "lease", "settle")
STORES = {"sqlite": sql(SqlSettings()), "postgres": sql(SqlSettings()), "mongo": mongo(MongoSettings())}
APART = timedelta(seconds=120)
"""Each process that follows another lives so much later: leases of the dead have lapsed by then."""
AT_ONCE = Notification(per_ticket_minutes=0, per_hour=100_000)
"""Each notice goes by itself, so that mails can be counted against notices."""
Point = Callable[[str], None]


@frozen
class Site:
    """A site's store, the folder that its mails are delivered into, and a desk's parts, warm but for the store."""

    kind: str
    url: str
    folder: Path
    parts: Opened

    @property
    def mails(self) -> Path:
        """Where a delivered mail becomes a file."""
        return self.folder / "mails"


@frozen
class Shifted:
    """The system's clock, moved on."""

    by: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return instant(datetime.now(UTC) + self.by)


class Pointed:
    """A store that tells before and after each of its writes, so that somebody can die there."""

    def __init__(self, store: Any, point: Point) -> None:
        self._store, self._point = store, point

    def __getattr__(self, name: str) -> Any:
        verb = getattr(self._store, name)
        if name not in WRITES:
            return verb

        def pointed(*args: Any, **more: Any) -> Any:
            self._point(f"before {name}")
            answer = verb(*args, **more)
            self._point(f"after {name}")
            return answer

        return pointed


@contextmanager
def opened(
    site: Site, *, clock: Callable[[], datetime], seed: int, point: Point | None = None, url: str = ""
) -> Iterator[Desk]:
    """A desk on the site's store, or where `url` says it is reached.

    `point` is called wherever a death would be of interest.
    """
    parts, world = site.parts, seeded_world(clock, seed)
    # By the plugin itself: what opens a hundred times on a line that is cut must not be taken for a broken plugin.
    store: Any = STORES[site.kind].itsmkit_open_store(url or site.url, parts.types, clock)
    if point:
        store = Pointed(store, point)
    numbers = Numbers(store, world, lambda attempt: time.sleep(0.001 * attempt))
    setup = evolve(parts.setup, store=store, world=world, numbers=numbers, on_point=point or parts.setup.on_point)
    with Desk(evolve(parts, setup=setup)) as desk:
        yield desk


@contextmanager
def sites(kinds: Iterable[str], folder: Path) -> Iterator[dict[str, Callable[[], Site]]]:
    """For each kind of store what makes a new site with its people; servers run as long as this lasts."""
    numbers = count(1)

    def maker(kind: str, url: Callable[[Path], str]) -> Callable[[], Site]:
        def make() -> Site:
            at = folder / f"{kind}{next(numbers)}"
            at.mkdir(parents=True)
            return new_site(kind, url(at), at)

        return make

    with ExitStack() as stack:
        made = {}
        for kind in kinds:
            if kind == "sqlite":
                made[kind] = maker(kind, lambda at: f"sqlite:///{at / 'desk.db'}")
            else:
                fresh = stack.enter_context(getattr(databases, kind)())
                made[kind] = maker(kind, lambda _, fresh=fresh: fresh())
        yield made


def new_site(kind: str, url: str, folder: Path) -> Site:
    """A site on that empty store, its people, teams and services loaded; no store is left open."""
    mail = {"transport": "file", "directory": str(folder / "mails")}
    settings, clock = desk_settings(use=PLUGINS, store=url, plugin={"notify_email": mail}), Shifted()
    settings = evolve(settings, notify=AT_ONCE)
    parts = open_desk(settings, seeded_world(clock, os.getpid()), clock, {"model_plain": PlainOrganisation()})
    with Desk(parts) as desk:
        for _ in desk.load((*TEAMS, *SERVICES, *PEOPLE), desk.service("proof")):
            pass
        return Site(kind, url, folder, desk._opened)
