"""What the command prints: tables, facts and progress for people, JSON and CSV for programs."""

import csv
import io
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import Any

import attrs
import click

from itsmkit.cli.session import Session
from itsmkit.i18n import label
from itsmkit.width import cut, pad, tame, width, wrapped

Row = Mapping[str, Any]

GAP = 2
LEAST_FLEX = 24
UNLIMITED = 10_000
WIDEST = 110
FORMULA = ("=", "+", "-", "@", "\t", "\r")
CODES = frozenset({"status", "kind", "state", "outcome", "band", "duty", "sort", "part", "lane"})
"""The columns that hold codes, which people read in their language."""
HEADINGS = MappingProxyType({"priority": "prio"})


def plain(value: Any) -> Any:
    """A value as JSON has it: attrs classes as objects, moments as ISO 8601."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    if attrs.has(type(value)):
        return {one.name: plain(getattr(value, one.name)) for one in attrs.fields(type(value))}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    return value.value if isinstance(value, Enum) else value


def print_json(value: Any) -> None:
    """One JSON object."""
    click.echo(json.dumps(plain(value), ensure_ascii=False))


def rows(
    session: Session,
    found: Iterable[Row],
    form: str,
    keys: Sequence[str],
    *,
    shown: Sequence[str] = (),
    spare: Sequence[str] = (),
    flex: str = "",
    wrap: bool = False,
) -> None:
    """Print rows in the form asked for.

    `keys` are the keys of JSON and the columns of CSV, `shown` the columns of a table. On a narrow screen those
    in `spare` are left out, last first, and `flex` is cut or, with `wrap`, goes on below.
    """
    if form == "json":
        lines = (json.dumps({key: plain(row.get(key)) for key in keys}, ensure_ascii=False) for row in found)
        click.echo("[" + ",\n ".join(lines) + "]")
    elif form == "csv":
        click.echo(_csv(found, keys), nl=False)
    else:
        table(session, list(found), shown or keys, spare=spare, flex=flex, wrap=wrap)


def _csv(found: Iterable[Row], keys: Sequence[str]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(keys)
    writer.writerows([safe(row.get(key)) for key in keys] for row in found)
    return text.getvalue()


def safe(value: Any) -> Any:
    """A CSV cell that no spreadsheet takes for a formula."""
    value = plain(value)
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    if isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False)
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def columns_of_screen() -> int:
    """How many columns there are: those of the terminal or of COLUMNS; a pipe takes any length."""
    if os.environ.get("COLUMNS", "").isdigit() or sys.stdout.isatty():
        return shutil.get_terminal_size().columns
    return UNLIMITED


def cell(session: Session, key: str, value: Any) -> str:
    """A value as it stands in a table: one line, in the reader's language and the site's zone."""
    if value is None or value in ("", ()):
        return ""
    if isinstance(value, bool):
        return session.t("yes") if value else session.t("no")
    if isinstance(value, datetime):
        return f"{value.astimezone(session.zone):%Y-%m-%d %H:%M}"
    if isinstance(value, list | tuple):
        return ", ".join(cell(session, key, one) for one in value)
    text = label(session.t, str(value)) if key in CODES or isinstance(value, Enum) else str(value)
    return " ".join(tame(text).split())


def heading(session: Session, key: str) -> str:
    """The heading of a column or the name of a field."""
    words = label(session.t, key)
    return words[:1].upper() + words[1:]


def table(
    session: Session,
    found: Sequence[Row],
    shown: Sequence[str],
    *,
    spare: Sequence[str] = (),
    flex: str = "",
    wrap: bool = False,
) -> None:
    """Print rows as a table that fits the screen."""
    cells = [{key: cell(session, key, row.get(key)) for key in shown} for row in found]
    heads = {key: heading(session, HEADINGS.get(key, key)) for key in shown}
    numeric = {key for key in shown if _numeric([row.get(key) for row in found])}
    wide = {key: max(width(heads[key]), *(width(one[key]) for one in cells), 0) for key in shown}
    fitted = _fitted(wide, columns_of_screen(), spare, flex)
    rules = {key: "─" * columns for key, columns in fitted.items()}
    folded = (line for row in cells for line in _fold(row, fitted, flex if wrap else ""))
    for at, line in enumerate((heads, rules, *folded)):
        texts = [
            _styled(key if at > 1 else "", pad(cut(line[key], columns), columns, right=key in numeric))
            for key, columns in fitted.items()
        ]
        click.echo((" " * GAP).join(texts).rstrip())


def _numeric(values: Sequence[Any]) -> bool:
    told = [one for one in values if one not in (None, "")]
    return bool(told) and all(isinstance(one, int | float) and not isinstance(one, bool) for one in told)


def _fold(row: Mapping[str, str], fitted: Mapping[str, int], wrap: str) -> Iterator[Mapping[str, str]]:
    """The lines of a row: one, or as many as the column that is wrapped needs."""
    if not wrap:
        yield row
        return
    for at, text in enumerate(wrapped(row[wrap], fitted[wrap])):
        yield {**(row if at == 0 else dict.fromkeys(row, "")), wrap: text}


def _fitted(wide: Mapping[str, int], screen: int, spare: Sequence[str], flex: str) -> dict[str, int]:
    """The columns that fit, each with its width; what can't be left out is cut, `flex` first."""
    left = dict(wide)
    for key in (*reversed(spare), ""):
        over = sum(left.values()) + GAP * (len(left) - 1) - screen
        if over <= 0 or (flex and left[flex] - over >= min(LEAST_FLEX, wide[flex])):
            break
        left.pop(key, None)
    over = max(sum(left.values()) + GAP * (len(left) - 1) - screen, 0)
    victim = flex or max(left, key=lambda key: left[key], default="")
    if over and victim:
        left[victim] = max(left[victim] - over, 1)
    return left


def _styled(key: str, text: str) -> str:
    """The text of a cell in its colour, on terminals only: click takes colours off for pipes and files."""
    if key == "number":
        return click.style(text, fg="cyan")
    urgent = key == "priority" and text.strip() == "1"
    return click.style(text, fg="red", bold=True) if urgent else text


def facts(session: Session, found: Mapping[str, Any]) -> None:
    """Print named values, one a line, those without a value left out; long texts are wrapped behind their names."""
    kept = {key: value for key, value in found.items() if value not in (None, "", (), [], 0, False)}
    names = max((width(heading(session, key)) for key in kept), default=0)
    room = max(min(columns_of_screen(), WIDEST) - names - GAP, 20)
    for key, value in kept.items():
        text = value if isinstance(value, str) and key not in CODES else cell(session, key, value)
        for at, line in enumerate(wrapped(text, room)):
            click.echo(f"{pad(heading(session, key) if at == 0 else '', names)}{' ' * GAP}{line}".rstrip())


def hang(before: str, text: str) -> None:
    """Print a text behind some words, its further lines set in below its first."""
    first, *rest = wrapped(text, min(columns_of_screen(), WIDEST) - width(before) - GAP)
    click.echo("\n".join((f"{before}{first}", *(f"{' ' * (width(before) + GAP)}{line}" for line in rest))))


def note(text: str) -> None:
    """A word beside the answer, on stderr, so that pipes stay clean."""
    click.echo(text, err=True)


def progress(what: str, length: int) -> AbstractContextManager[Any]:
    """A progress bar on stderr, seen on terminals only; `update(n)` moves it."""
    return click.progressbar(length=length, label=what, file=sys.stderr, hidden=not sys.stderr.isatty())


@contextmanager
def growing(what: str) -> Iterator[Callable[[int], Callable[[], None]]]:
    """A progress bar for work whose length is known once it has begun: called with it, gives what moves the bar."""
    with ExitStack() as bars:

        def begun(length: int) -> Callable[[], None]:
            bar = bars.enter_context(progress(what, length))
            return lambda: bar.update(1)

        yield begun
