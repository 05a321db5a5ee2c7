"""Escalation: the steps of a chain as data, and what a hook decides at one of them."""

from functools import cached_property

from attrs import field, frozen

OVERDUE = 100
"""The share of the target, in percent, at which it is missed: noted on the ticket whatever the chain says."""
LATEST_SHARE = 1000
"""Percent of the target: as late as a level can be."""
MOST_TURNS = 100
"""So often a level can repeat: a chain has an end."""
DAY = 86_400
LONGEST = 366 * DAY
"""Seconds: as far from its origin as a level can lie."""
NEXT_LINE = "next_line"
ROTA, TEAM = "rota:", "team:"
START, DUE = "start", "due"
STOPS = ("accepted", "responded", "resolved")
"""The facts of a ticket that can end a level before its clock stops."""


@frozen(slots=False)
class Level:
    """One step of an escalation chain (SLA-03): when, under which conditions, and whom to tell or hand to.

    It lies at a `share` of the target, in percent; or, where that is 0, `offset` seconds behind (before, where
    negative) the clock's `origin`, "start" or "due", in the clock's own open time or, with `wall`, in plain time.

    `to` is "next_line" or "team:<id>" for a functional escalation; "rota:<id>" for whoever is on duty when it fires;
    or a word that the organisation model resolves ("manager", "department" …) for a hierarchic one.

    It fires on `days` ("mon" …) only, `during` a calendar's open time, `outside` one's, while somebody is on duty by
    `rota`; where that doesn't hold at its moment it is passed over, and said so. With `hold`, it waits for that
    calendar to open. From `every` seconds on it repeats, in all `times`. After a fact of `until` it fires no more.
    """

    share: int = field(default=0)
    to: str = ""
    offset: int = field(default=0, kw_only=True)
    origin: str = field(default="", kw_only=True)
    wall: bool = field(default=False, kw_only=True)
    every: int = field(default=0, kw_only=True)
    times: int = field(default=1, kw_only=True)
    until: tuple[str, ...] = field(default=(), kw_only=True)
    days: tuple[str, ...] = field(default=(), kw_only=True)
    during: str = field(default="", kw_only=True)
    outside: str = field(default="", kw_only=True)
    rota: str = field(default="", kw_only=True)
    hold: str = field(default="", kw_only=True)

    def __attrs_post_init__(self) -> None:
        if wrong := _wrong(self):
            raise ValueError(wrong)

    @property
    def functional(self) -> bool:
        """Whether it hands the ticket to somebody else, and not only tells of it."""
        return self.to == NEXT_LINE or self.to.startswith(TEAM)

    @cached_property
    def moment(self) -> str:
        """When it lies, in a word: "50%", "start+1h30m", "due-15m wall"."""
        if self.share:
            return f"{self.share}%"
        sign = "-" if self.offset < 0 else "+"
        return f"{self.origin}{sign}{length(abs(self.offset))}{' wall' if self.wall else ''}"

    @cached_property
    def rungs(self) -> tuple["Rung", ...]:
        """Each of its turns by itself."""
        return tuple(Rung(self, turn) for turn in range(1, self.times + 1))


def _wrong(level: Level) -> str:
    """What can't be about a level, "" where it can."""
    return _misplaced(level) or _misrepeated(level)


def _misplaced(level: Level) -> str:
    if level.share and (level.origin or level.offset):
        return "an escalation level lies at a share of the target or behind its start or due moment, not both"
    if not level.origin and not 0 < level.share <= LATEST_SHARE:
        return f"an escalation level lies between 1 and {LATEST_SHARE} percent of the target, not {level.share}"
    if level.origin not in ("", START, DUE):
        return f"an escalation level counts from {START} or {DUE}, not from {level.origin!r}"
    if level.origin == START and level.offset < 0:
        return "nothing is escalated before its clock starts"
    return "" if abs(level.offset) <= LONGEST else "an escalation level lies within a year of its origin"


def _misrepeated(level: Level) -> str:
    if not 1 <= level.times <= MOST_TURNS or (level.times > 1) is not (level.every > 0):
        return f"a level that repeats needs `every`, and `times` from 2 to {MOST_TURNS}"
    if unknown := set(level.until) - set(STOPS):
        return f"a level ends with {', '.join(STOPS)}, not with {', '.join(sorted(map(str, unknown)))}"
    return ""


def length(seconds: int) -> str:
    """Seconds in the shortest words that a chain is written in: "1h30m"; "0m" for none."""
    parts = ((seconds // DAY, "d"), (seconds % DAY // 3600, "h"), (seconds % 3600 // 60, "m"), (seconds % 60, "s"))
    return "".join(f"{n}{word}" for n, word in parts if n) or "0m"


@frozen(slots=False)
class Rung:
    """One turn of a level: what fires once."""

    level: Level
    turn: int = 1

    @cached_property
    def key(self) -> str:
        """What a clock remembers of it once it fired: its moment, whom it reaches, and which turn it was."""
        turn = f" #{self.turn}" if self.turn > 1 else ""
        return f"{self.level.moment} {self.level.to}".rstrip() + turn


BREACH = Level(OVERDUE)
"""The moment of breach, in a chain that has no level there."""


@frozen
class Escalation:
    """What a hook decides at a moment of a clock: whom to reach, in the words of a level; `to` "" means nobody."""

    to: str
    why: str = ""
