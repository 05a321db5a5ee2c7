"""`itsmkit site`: the site's people, teams, services and vendors, from its files into the store."""

import click

from itsmkit.cli import show
from itsmkit.cli.options import dry_run_option, form_option
from itsmkit.cli.session import Session
from itsmkit.core.model.organisation import Principal
from itsmkit.core.model.query import Query, Scope
from itsmkit.site_files import read

KEYS = ("type", "id", "sort", "fields")


@click.group("site")
def command() -> None:
    """The site's people, teams, services, vendors and contracts."""


@command.command("load")
@dry_run_option
@form_option()
@click.pass_obj
def load(session: Session, dry_run: bool, form: str) -> None:
    """Make the store's people, teams, services, rotas, vendors, contracts and catalogue like the site's files.

    These are people, teams, services, rotas, vendors, contracts and catalogue, each as a .toml or .csv file or both.
    What the files don't name stays as it is: set `active = false` for a person who left.
    """
    records = list(read(session.site))
    found = []
    with show.progress(session.t("loading"), len(records)) as bar:
        for difference in session.desk.load(records, _loader(session), dry_run=dry_run):
            found.append({key: getattr(difference, key) for key in KEYS})
            bar.update(1)
    if form != "table":
        show.rows(session, found, form, KEYS)
        return
    moved = [one for one in found if one["sort"] != "same"]
    if moved:
        show.table(session, [{**one, "type": session.t(one["type"])} for one in moved], KEYS, flex="fields")
        click.echo()
    counts = {sort: sum(one["sort"] == sort for one in found) for sort in ("new", "changed", "same")}
    click.echo(", ".join(f"{session.t(sort)} {n}" for sort, n in counts.items()))
    if dry_run:
        show.note(session.t("dry run: nothing was stored"))


def _loader(session: Session) -> Principal:
    """The person at the keyboard; whoever loads an empty store vouches for the first ones."""
    if not session.desk.setup.store.find(Query("person"), Scope.system("anybody yet?"), limit=1).items:
        return session.desk.service("first-load")
    return session.by
