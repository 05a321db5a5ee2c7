"""The options that many commands share, and the kinds of values that people type."""

import sys
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

import click

from itsmkit.cli.session import Session

if TYPE_CHECKING:
    ParamType = click.ParamType[Any, Any]
else:
    # Older releases of click don't know it as a generic.
    ParamType = click.ParamType

F = TypeVar("F", bound=Callable[..., Any])

FORMS = ("table", "json", "csv")


def form_option(*forms: str) -> Callable[[F], F]:
    """`--format`, with these forms or the usual three."""
    return click.option(
        "--format", "form", type=click.Choice(forms or FORMS), default=(forms or FORMS)[0], show_default=True,
        help="How to print it.",
    )  # fmt: skip


def dry_run_option(command: F) -> F:
    """`--dry-run`: decide and show, store nothing."""
    return click.option("--dry-run", is_flag=True, help="Decide and show it, but store nothing.")(command)


class Moment(ParamType):
    """A moment such as 2026-11-23T14:30 or "2026-11-23 14:30", in the site's zone where it names none."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The moment with its zone."""
        if isinstance(value, datetime):
            return value
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no moment; write it as 2026-11-23T14:30", param, ctx)
        if at.tzinfo is None:
            session = ctx.find_object(Session) if ctx else None
            at = at.replace(tzinfo=session.zone if session else ZoneInfo("UTC"))
        return at


class Prose(ParamType):
    """A text; "-" reads it from standard input."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The text itself."""
        del param, ctx
        return sys.stdin.read().strip() if value == "-" else value
