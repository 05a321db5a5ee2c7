"""What runs beside tickets, on the command line: a group for each sort, with its lists, its facts and its verbs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import click

from itsmkit.cli import rows, show, verbs
from itsmkit.cli.options import form_option
from itsmkit.cli.session import Session
from itsmkit.core.model.query import Op, Query, Test

Row = Callable[[Any, Iterable[str]], Mapping[str, Any]]


def values(child: Any, keys: Iterable[str]) -> Mapping[str, Any]:
    """The fields of those names."""
    return {key: getattr(child, key) for key in keys}


def group(
    name: str,
    type_: str,
    title: str,
    statuses: Sequence[str],
    *,
    keys: Sequence[str],
    shown: Sequence[str],
    facts: Sequence[str],
    flex: str,
    spare: Sequence[str] = (),
    of: Row = values,
) -> click.Group:
    """The group of a type of children: `list`, `show` and every verb; `of` takes the named columns out of a record."""

    @click.group(name, cls=verbs.group_of(type_), help=f"List and show {title}, and do every verb of theirs.")
    def made() -> None:
        """The group itself does nothing."""

    @made.command("list", help=f"List {title}, the newest first.")
    @click.option("--status", type=click.Choice(statuses), multiple=True, help="In this status.")
    @click.option("--open", "open_", is_flag=True, help="Not closed yet.")
    @click.option("--ticket", "about", help="For this ticket.")
    @click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="At most so many.")
    @form_option()
    @click.pass_obj
    def list_(session: Session, status: tuple[str, ...], open_: bool, about: str | None, limit: int, form: str) -> None:
        where = [Test("about", value=about)] if about else []
        wanted = status or (tuple(one for one in statuses if one != "closed") if open_ else ())
        if wanted:
            where.append(Test("status", Op.ANY_OF, wanted))
        found = rows.pages(session, Query(type_, tuple(where), order="opened", descending=True), limit)
        show.rows(session, (of(one, keys) for one in found), form, keys, shown=shown, spare=spare, flex=flex)

    @made.command("show", help=f"Show one of the {title} with its history, and what can be done to it.")
    @click.argument("number")
    @form_option("table", "json")
    @click.pass_obj
    def show_(session: Session, number: str, form: str) -> None:
        child = rows.record(session, type_, number)
        told = {"number": child.number, "step": rows.step_title(session, child), **of(child, facts)}
        rows.print_record(session, child, told, form)

    del list_, show_  # click has them
    return made
