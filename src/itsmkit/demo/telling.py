"""How the month is told: a heading a week, a day's date where something happens, a plain line or two for each scene."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from attrs import define

from itsmkit.width import cut, pad, width, wrapped

COLUMNS = 80
INDENT = 8
"""Where texts begin; the time of day stands before it."""


@define
class Teller:
    """Prints what happens, in the language of `words`, at the site's time; nothing wider than 80 columns."""

    out: Callable[[str], None]
    words: Mapping[str, str]
    zone: ZoneInfo
    _day: date | None = None

    def word(self, key: str, /, **values: object) -> str:
        """The sentence of that key with its values filled in."""
        return self.words[key].format(**values)

    def code(self, code: str) -> str:
        """What readers call a code; one without a word stands for itself."""
        return self.words.get(f"code_{code}", code)

    def heading(self, key: str, /, **values: object) -> None:
        """A ruled line with a title."""
        title = f"── {self.word(key, **values)} "
        self.out("")
        self.out(title + "─" * (COLUMNS - width(title)))
        self._day = None

    def line(self, key: str, /, **values: object) -> None:
        """Some sentences without a time, wrapped."""
        for line in wrapped(self.word(key, **values), COLUMNS):
            self.out(line)

    def tell(self, at: datetime, key: str, /, **values: object) -> None:
        """Something that happened: a new day gets its date first."""
        local = at.astimezone(self.zone)
        if local.date() != self._day:
            self._day = local.date()
            self.out("")
            self.out(self.date(at))
        first = f"  {local:%H:%M} "
        for line in wrapped(self.word(key, **values), COLUMNS - INDENT):
            self.out(pad(first, INDENT) + line)
            first = ""

    def beside(self, texts: Mapping[str, str]) -> None:
        """A text for each name, the names in front of them; "-" for none."""
        column = INDENT + 2
        for name, text in texts.items():
            first = f"  {name} "
            for line in wrapped(text or "-", COLUMNS - column):
                self.out(pad(first, column) + line)
                first = ""

    def date(self, at: datetime) -> str:
        """The day of a moment, with its weekday."""
        local = at.astimezone(self.zone)
        weekday, month = self.words["weekdays"].split()[local.weekday()], self.words["months"].split()[local.month - 1]
        return self.word("day", weekday=weekday, day=local.day, month=month)

    def moment(self, at: datetime | None) -> str:
        """A moment with its day; "-" for none."""
        return f"{self.date(at)} {at.astimezone(self.zone):%H:%M}" if at else "-"

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A small table, numbers to the right."""
        cells = [[str(one) for one in row] for row in rows]
        wide = [max(width(row[at]) for row in (list(columns), *cells)) for at in range(len(columns))]
        for number, row in enumerate((list(columns), ["─" * one for one in wide], *cells)):
            right = [number > 0 and cell.lstrip("-").isdigit() for cell in row]
            texts = [pad(cell, columns_, right=flush) for cell, columns_, flush in zip(row, wide, right, strict=True)]
            self.out(cut(f"  {'  '.join(texts)}".rstrip(), COLUMNS))
