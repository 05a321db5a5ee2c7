"""What people report: matters as data, said in many ways, and what in the end helps with each."""

from collections.abc import Mapping
from random import Random

from attrs import field, frozen


@frozen
class Matter:
    """One thing that goes wrong or is wanted.

    `titles` and `texts` are ways to say it, with slots filled from `Sayings.slots`. `line` is the line that can
    help: 1, 2 or 3. `kind` and `category` (its place in the site's list) are what an agent would make of it,
    `often` how frequent it is.
    """

    key: str
    titles: tuple[str, ...]
    texts: tuple[str, ...]
    solution: str
    line: int = 1
    kind: str = "incident"
    category: int = 1
    often: int = 3
    impact: int = 0
    urgency: int = 0
    phone: bool = False


@frozen
class Signal:
    """An alert of the monitoring: its name and severity, for what, in which words, and what helps."""

    name: str
    instance: str
    severity: str
    summary: str
    solution: str

    @property
    def matter(self) -> Matter:
        """The matter behind it."""
        return Matter(self.name, (), (), self.solution, line=2, category=0)


@frozen
class Sayings:
    """The matters of a company in its language, the words that fill their slots, and how a mail begins and ends."""

    matters: tuple[Matter, ...]
    signals: tuple[Signal, ...]
    slots: Mapping[str, tuple[str, ...]]
    greetings: tuple[str, ...]
    details: tuple[str, ...]
    closings: tuple[str, ...]
    work: Mapping[str, tuple[str, ...]]
    by_key: dict[str, Matter] = field(init=False)

    @by_key.default
    def _by_key(self) -> dict[str, Matter]:
        return {one.key: one for one in self.matters}

    def some(self, random: Random) -> Matter:
        """A matter, the frequent ones more often."""
        return random.choices(self.matters, [one.often for one in self.matters])[0]

    def said(self, matter: Matter, random: Random, signed: str) -> tuple[str, str]:
        """Title and text of a mail about it, in somebody's words."""
        slots = {name: random.choice(words) for name, words in self.slots.items()}
        title = random.choice(matter.titles).format(**slots)
        said = random.choice(matter.texts).format(**slots)
        details = " ".join(random.sample(self.details, random.randint(0, 2))).format(**slots)
        parts = (
            random.choice(self.greetings),
            f"{said} {details}".strip(),
            f"{random.choice(self.closings)}\n{signed}",
        )
        return title, "\n\n".join(parts)

    def noted(self, what: str, random: Random) -> str:
        """What somebody writes down who "tried", "followed_up", "rejected", went "beyond" or "read"."""
        return random.choice(self.work[what])
