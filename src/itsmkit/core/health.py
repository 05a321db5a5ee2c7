"""Whether the desk works right now: what waits and since when, and when workers and the auditor were seen."""

import os
import socket
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from attrs import frozen

from itsmkit.core.auditing import GRACE
from itsmkit.core.model.beat import AUDITOR, Beat
from itsmkit.core.model.event import Draft
from itsmkit.core.model.query import Scope
from itsmkit.core.model.record import revised
from itsmkit.core.model.unit import Lane, Unit
from itsmkit.core.people import everything
from itsmkit.core.sealing import sealed
from itsmkit.core.setup import Setup
from itsmkit.core.store import Finding

EVERY = timedelta(minutes=5)
"""So often a worker and the auditor leave a sign of life."""
SILENT = 3 * EVERY
"""After so long without one, somebody is missed."""
GONE = timedelta(days=7)
"""After so long a worker isn't expected back."""
_SCOPE = Scope.system("health")


def beat(setup: Setup, name: str, **values: Any) -> None:
    """Leave a sign of life under that name; where another process of the name was quicker, its sign stands."""
    before, now = last(setup, name), setup.world.now()
    known = before or Beat(id=name, reach=(name,), at=now)
    after = revised(known, at=now, host=socket.gethostname(), process=os.getpid(), **values)
    setup.store.commit(Unit((sealed(setup.world, before, after, (Draft("beat", "core"),), now),)))


def last(setup: Setup, name: str) -> Beat | None:
    """The last sign of life under that name."""
    found = setup.store.get("beat", name, _SCOPE)
    return found if isinstance(found, Beat) else None


@frozen
class LaneHealth:
    """How a lane stands: what waits, how many seconds the oldest is past its time, how much is parked."""

    lane: str
    waiting: int
    late: int
    parked: int


@frozen
class Health:
    """How the desk stands: its lanes, the signs of life with their age in seconds, and the troubles of its parts."""

    lanes: tuple[LaneHealth, ...]
    beats: tuple[tuple[Beat, int], ...]
    troubles: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything looked at."""
        return self.told(str)

    def told(self, t: Callable[[str], str]) -> tuple[Finding, ...]:
        """Everything looked at, in the language that `t` turns words into."""
        late = any(one.late > GRACE.total_seconds() for one in self.lanes)
        faults = (Finding(t("desk"), sound=False, said=one) for one in self.troubles)
        return (*_of_lanes(self.lanes, t), *_of_beats(self.beats, t, late=late), *faults)

    @property
    def sound(self) -> bool:
        """Whether nothing is amiss."""
        return all(one.sound for one in self.findings)


def health(setup: Setup, troubles: tuple[str, ...]) -> Health:
    """How the desk stands now; `troubles` are those of its parts."""
    now = setup.world.now()
    lanes = tuple(_lane(setup, lane, now) for lane in Lane)
    signs = [one for one in everything(setup.store, "beat") if isinstance(one, Beat)]
    beats = tuple((one, int((now - one.at).total_seconds())) for one in signs)
    return Health(lanes, beats, troubles)


def _lane(setup: Setup, lane: Lane, now: datetime) -> LaneHealth:
    view = setup.store.peek(lane, 10_000)
    late = (now - view.soonest).total_seconds() if view.soonest is not None else 0
    return LaneHealth(str(lane), view.waiting, max(int(late), 0), len(view.parked))


def _of_lanes(lanes: tuple[LaneHealth, ...], t: Callable[[str], str]) -> Iterator[Finding]:
    for one in lanes:
        said = [t("{n} waiting").format(n=one.waiting)]
        said += [t("{n} s late").format(n=one.late)] if one.late else []
        said += [t("{n} parked").format(n=one.parked)] if one.parked else []
        sound = one.late <= GRACE.total_seconds() and not one.parked
        yield Finding(f"{t('lane')} {t(one.lane)}", sound=sound, said=", ".join(said))


def _of_beats(beats: tuple[tuple[Beat, int], ...], t: Callable[[str], str], *, late: bool) -> Iterator[Finding]:
    workers = [(one, age) for one, age in beats if one.id != AUDITOR and age < GONE.total_seconds()]
    seen, looked = t("seen {n} s ago on {host}, {done} todos done"), t("looked {n} s ago")
    if not workers and late:
        yield Finding(t("worker"), sound=False, said=t("none was ever seen here; start `itsmkit worker`"))
    for one, age in workers:
        sound = age <= SILENT.total_seconds()
        yield Finding(one.id, sound=sound, said=seen.format(n=age, host=one.host, done=one.done))
    for one, age in beats:
        if one.id == AUDITOR:
            yield Finding(t(AUDITOR), sound=age <= SILENT.total_seconds(), said=looked.format(n=age))
            yield from (Finding(t(AUDITOR), sound=False, said=said) for said in one.found)


def exposition(found: Health) -> str:
    """The same as metrics, in the text form that Prometheus scrapes."""
    names = [(one.id, age) for one, age in found.beats]
    audits = [len(one.found) for one, _ in found.beats if one.id == AUDITOR]
    families = (
        ("itsmkit_up", "1 where nothing is amiss.", [("", int(found.sound))]),
        ("itsmkit_lane_waiting", "Todos that wait on a lane.", [(_lane_of(one), one.waiting) for one in found.lanes]),
        ("itsmkit_lane_late_seconds", "How late the oldest is.", [(_lane_of(one), one.late) for one in found.lanes]),
        ("itsmkit_lane_parked", "Todos that are parked.", [(_lane_of(one), one.parked) for one in found.lanes]),
        (
            "itsmkit_beat_age_seconds",
            "Since a sign of life.",
            [(f'{{name="{_safe(name)}"}}', age) for name, age in names],
        ),
        ("itsmkit_audit_findings", "What the auditor found amiss.", [("", count) for count in audits]),
    )
    return "".join(_family(*one) for one in families)


def _family(name: str, help_: str, samples: list[tuple[str, int]]) -> str:
    lines = "".join(f"{name}{labels} {value}\n" for labels, value in samples)
    return f"# HELP {name} {help_}\n# TYPE {name} gauge\n{lines}" if samples else ""


def _lane_of(one: LaneHealth) -> str:
    return f'{{lane="{one.lane}"}}'


def _safe(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
