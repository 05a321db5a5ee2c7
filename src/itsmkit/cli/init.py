"""`itsmkit init`: a new site in a folder, ready to take in reports."""

import os
import shlex
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from itsmkit.cli import show
from itsmkit.cli.options import dry_run_option
from itsmkit.cli.session import Session, login
from itsmkit.core.errors import BadInput
from itsmkit.i18n import translator
from itsmkit.site_files import FOLDERS, SECRET, make, rendered


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--model", default="tiered", show_default=True, help="The organisation model.")
@click.option("--lang", "language", type=click.Choice(["en", "zh"]), help="The site's language.  [default: en]")
@click.option("--name", default="", help="What the desk is called.")
@click.option("--zone", default="", help="The site's time zone, as Europe/Berlin; this machine's without it.")
@dry_run_option
@click.pass_obj
def command(session: Session, folder: Path, model: str, language: str | None, name: str, zone: str,
            dry_run: bool) -> None:  # fmt: skip
    """Make a site in FOLDER, which must be new or empty: settings, people, teams, services, calendars and a store.

    You become its administrator.
    """
    language = language or session.language or "en"
    t = translator(language)
    texts = rendered(model, language, name=name or t("Service desk"), zone=_zone(zone), login=login())
    _check(folder, model)
    if dry_run:
        click.echo("\n".join(str(folder / one) for one in (*texts, SECRET, *FOLDERS)))
        show.note(t("dry run: nothing was stored"))
        return
    loaded = make(folder, texts)
    counts = ", ".join(f"{t(kind)} {n}" for kind, n in loaded.items())
    click.echo(f"{t('A service desk stands in')} {folder} ({counts})")
    click.echo(f"{t('Next')}:")
    report = f'itsmkit ticket report --title "{t("The printer on floor 3 is jammed")}"'
    for line in (f"cd {shlex.quote(str(folder))}", report, "itsmkit worker --once", "itsmkit queue open"):
        click.echo(f"  {line}")


def _check(folder: Path, model: str) -> None:
    from itsmkit.core.discovery import installed
    from itsmkit.opening import MODEL

    if folder.exists() and any(folder.iterdir()):
        msg = f"{folder} is not empty; name a new or an empty folder"
        raise BadInput(msg)
    models = [one.name.removeprefix(MODEL) for one in installed() if one.name.startswith(MODEL)]
    if model not in models:
        msg = f"there is no organisation model {model!r}; installed: {', '.join(models) or 'none, try itsmkit[desk]'}"
        raise BadInput(msg)


def _zone(asked: str) -> str:
    """The zone asked for, or else this machine's, or else UTC."""
    for name in filter(None, (asked, os.environ.get("TZ", ""), _zone_of_machine())):
        try:
            return ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            if name == asked:
                msg = f"unknown time zone {asked!r}; give a name such as Europe/Berlin"
                raise BadInput(msg) from None
    return "UTC"


def _zone_of_machine() -> str:
    _, _, name = str(Path("/etc/localtime").resolve()).partition("zoneinfo/")
    return name
