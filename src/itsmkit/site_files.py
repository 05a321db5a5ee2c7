"""A site's folder: its files as a new site gets them, and the records that they hold."""

import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from string import Template
from types import MappingProxyType

from itsmkit.core.contracts import checked
from itsmkit.core.model.party import Contract, Person, Rota, Service, Team, Vendor
from itsmkit.core.model.record import Record
from itsmkit.core.people import read_tables
from itsmkit.core.rota import read as roster
from itsmkit.desk import Desk
from itsmkit.settings import read_toml

FILES = (
    *("itsmkit.toml", "calendars.toml", "escalation.toml", "teams.toml", "services.toml", "people.toml"),
    *("rotas.toml", "vendors.toml", "contracts.toml"),
)
TABLES = (
    ("teams.toml", Team),
    ("services.toml", Service),
    ("people.toml", Person),
    ("rotas.toml", Rota),
    ("vendors.toml", Vendor),
    ("contracts.toml", Contract),
)
SAMPLES = ("people.toml", "teams.toml", "vendors.toml", "contracts.toml")
"""What differs from model to model."""
FOLDERS = ("inbox", "outbox")
SECRET = "secret.key"  # noqa: S105 - the name of the file, not what is in it
FOUNDER = MappingProxyType(
    {
        "tiered": ("administrator", "incident_manager"),
        "vendor": ("administrator", "is_incident_manager"),
    }
)
"""The roles of whoever makes a site, by organisation model: to look after it is not yet to work on tickets."""
MAKING = ".itsmkit-init"
"""Where the parts are put together; nothing of it is left behind."""


def read(folder: Path) -> Iterator[Record]:
    """The records of a site's files; SettingsError or BadInput names file, table and what is wrong."""
    for name, kind in TABLES:
        if (folder / name).exists():
            for record in read_tables(kind, read_toml(folder / name), str(folder / name)):
                if isinstance(record, Rota):
                    roster(record)
                elif isinstance(record, Contract):
                    checked(record)
                yield record


def rendered(model: str, language: str, *, name: str, zone: str, login: str, sample: bool = True) -> Mapping[str, str]:
    """The files of a site by name, with comments in its language.

    `login` becomes the administrator; a `sample` adds the people whom the documentation speaks of, and the
    vendors' teams that the model needs for them.
    """
    values = {
        "name": name,
        "zone": zone,
        "model": model,
        "login_name": login,
        "roles": FOUNDER.get(model, ("administrator",)),
    }
    quoted = {key: json.dumps(value, ensure_ascii=False) for key, value in values.items()}
    quoted["login"] = re.sub(r"[^A-Za-z0-9_-]", "-", login)
    folder = files("itsmkit") / "site_templates" / language
    texts = {one: Template((folder / one).read_text("utf-8")).substitute(quoted) for one in FILES}
    for file in SAMPLES if sample else ():
        more = folder / file.replace(".", f".{model}.")
        if more.is_file():
            texts[file] += more.read_text("utf-8")
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
    counts: dict[str, int] = {}
    with Desk.open(folder) as desk:
        for one in _differences(desk, folder):
            counts[one] = counts.get(one, 0) + 1
    return counts


def _differences(desk: Desk, folder: Path) -> Iterator[str]:
    for difference in desk.load(read(folder), desk.service("init")):
        yield difference.type
