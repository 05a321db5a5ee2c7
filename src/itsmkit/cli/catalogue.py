"""`itsmkit catalogue`: what may be asked for, as a tree, and how each is fulfilled."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from itsmkit.cli import show
from itsmkit.cli.options import form_option
from itsmkit.cli.session import Session
from itsmkit.core.catalogue import procedure
from itsmkit.core.errors import NotFound
from itsmkit.core.model.catalogue import CatalogueItem

KEYS = ("id", "parent", "name", "hours", "steps", "description")
STEPS = ("number", "line", "team", "minutes", "name")


@click.group("catalogue")
def command() -> None:
    """The service catalogue: what may be asked for with `itsmkit ticket report --item ID`."""


@command.command("list")
@form_option()
@click.pass_obj
def list_(session: Session, form: str) -> None:
    """Show the tree: every item below the one it belongs to."""
    indent = "  " if form == "table" else ""
    found = _tree(session.desk.setup.site.catalogue, "", indent, 0)
    show.rows(session, found, form, KEYS, shown=("id", "name", "hours", "steps", "description"), flex="description")


def _tree(items: tuple[CatalogueItem, ...], parent: str, indent: str, depth: int) -> Iterator[Mapping[str, Any]]:
    """The items below that one, each followed by its own; what belongs to nothing known stands at the top."""
    known = {one.id for one in items}
    for one in items:
        if (one.parent if one.parent in known else "") == parent and one.id != parent:
            yield {"id": indent * depth + one.id, "parent": one.parent, "name": one.name, "hours": one.hours or None,
                   "steps": len(one.procedure) or None, "description": one.text}  # fmt: skip
            yield from _tree(items, one.id, indent, depth + 1)


@command.command("show")
@click.argument("item")
@form_option("table", "json")
@click.pass_obj
def show_(session: Session, item: str, form: str) -> None:
    """Show an item: what it is, who keeps it true, and its procedure."""
    found = session.desk.setup.site.item(item)
    if found is None:
        what = "catalogue item"
        raise NotFound(what, item)
    if form == "json":
        show.print_json({**show.plain(found), "steps": show.plain(procedure(found))})
        return
    facts = {"id": found.id, "name": found.name, "parent": found.parent, "description": found.text,
             "upkeep": found.upkeep, "category": found.category, "service": found.service,
             "hours": found.hours or None}  # fmt: skip
    show.facts(session, facts)
    click.echo()
    steps = ({"number": at, "line": job.line or None, "team": job.team, "minutes": job.minutes or None,
              "name": job.name} for at, job in enumerate(procedure(found), 1))  # fmt: skip
    show.rows(session, steps, "table", STEPS, flex="name")
