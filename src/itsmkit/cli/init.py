"""`itsmkit init`: a new site in a folder, ready to take in reports."""

import json
import os
import re
import secrets
import shlex
import shutil
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from itsmkit.cli import show
from itsmkit.cli.options import dry_run_option
from itsmkit.cli.session import Session, login
from itsmkit.cli.site import read
from itsmkit.core.errors import BadInput
from itsmkit.i18n import translator

if TYPE_CHECKING:
    from itsmkit.desk import Desk

FILES = ("itsmkit.toml", "calendars.toml", "teams.toml", "services.toml", "people.toml")
FOLDERS = ("inbox", "outbox")
SECRET = "secret.key"  # noqa: S105  # the name of the file, not what is in it
MAKING = ".itsmkit-init"
"""Where the parts are put together; nothing of it is left behind."""


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
    texts = rendered(model, language, name or t("Service desk"), _zone(zone))
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


def rendered(model: str, language: str, name: str, zone: str) -> Mapping[str, str]:
    """The files of a site by name, with comments in its language."""
    who = login()
    values = {"name": name, "zone": zone, "model": model, "login_name": who}
    quoted = {key: json.dumps(value, ensure_ascii=False) for key, value in values.items()}
    quoted["login"] = re.sub(r"[^A-Za-z0-9_-]", "-", who)
    folder = files("itsmkit") / "cli" / "templates" / language
    texts = {one: Template((folder / one).read_text("utf-8")).substitute(quoted) for one in FILES}
    sample = folder / f"people.{model}.toml"
    if sample.is_file():
        texts["people.toml"] += sample.read_text("utf-8")
    return texts


def make(folder: Path, texts: Mapping[str, str]) -> Mapping[str, int]:
    """Write the site and load its people, teams and services; how many of each. All or nothing."""
    new = not folder.exists()
    making = folder / MAKING
    try:
        making.mkdir(parents=True)
        for name, text in texts.items():
            (making / name).write_text(text, "utf-8")
        for name in FOLDERS:
            (making / name).mkdir()
        _write_secret(making / SECRET)
        loaded = _load(making)
        for one in making.iterdir():
            one.rename(folder / one.name)
        making.rmdir()
    except BaseException:
        shutil.rmtree(folder if new else making, ignore_errors=True)
        raise
    return loaded


def _write_secret(path: Path) -> None:
    """A fresh secret that only its owner can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{secrets.token_hex(32)}\n")


def _load(folder: Path) -> Mapping[str, int]:
    """The first load of the store; whoever makes a site vouches for its people."""
    from itsmkit.desk import Desk

    counts: dict[str, int] = {}
    with Desk.open(folder) as desk:
        for one in _differences(desk, folder):
            counts[one] = counts.get(one, 0) + 1
    return counts


def _differences(desk: "Desk", folder: Path) -> Iterator[str]:
    for difference in desk.load(read(folder), desk.service("init")):
        yield difference.type
