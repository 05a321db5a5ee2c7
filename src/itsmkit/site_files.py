"""A site's folder: its files as a new site gets them, and the records that they hold."""

import csv
import json
import os
import re
import secrets
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from csv import DictReader
from functools import partial
from importlib.resources import files
from pathlib import Path
from string import Template
from types import MappingProxyType
from typing import Any

import attrs

from itsmkit.core.errors import BadInput
from itsmkit.core.model.catalogue import CatalogueItem
from itsmkit.core.model.configuration import ConfigurationItem
from itsmkit.core.model.party import Contract, Person, Rota, Service, Team, Vendor
from itsmkit.core.model.record import Record
from itsmkit.core.people import CHECKS, read_tables
from itsmkit.desk import Desk
from itsmkit.settings import read_toml

FILES = (
    *("itsmkit.toml", "calendars.toml", "escalation.toml", "teams.toml", "services.toml", "people.toml"),
    *("rotas.toml", "vendors.toml", "contracts.toml", "catalogue.toml"),
)
TABLES: tuple[tuple[str, type[Record]], ...] = (
    ("teams", Team),
    ("services", Service),
    ("people", Person),
    ("rotas", Rota),
    ("vendors", Vendor),
    ("contracts", Contract),
    ("catalogue", CatalogueItem),
    ("cis", ConfigurationItem),
)
"""What a site's files hold: NAME.toml, NAME.csv, or both."""
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
        for path, parse in ((folder / f"{name}.toml", read_toml), (folder / f"{name}.csv", partial(_lines, kind))):
            for record in read_tables(kind, parse(path), str(path)) if path.exists() else ():
                if kind in CHECKS:
                    CHECKS[kind](record)
                yield record


def _lines(kind: type[Record], path: Path) -> Mapping[str, Mapping[str, Any]]:
    """The lines of a CSV file by their "id"; an empty cell says nothing, a list has semicolons between."""
    kinds = {one.name: type(one.default) for one in attrs.fields(kind)}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            told = [{key: cell.strip() for key, cell in row.items() if key and cell} for row in DictReader(file)]
    except (UnicodeDecodeError, csv.Error) as fault:
        msg = f"{path} is no CSV file in UTF-8: {fault}"
        raise BadInput(msg) from None
    rows = [{key: _cell(kinds.get(key, str), cell) for key, cell in row.items() if cell} for row in told]
    if twice := [id_ for id_, n in Counter(row.get("id", "") for row in rows).items() if n > 1]:
        msg = f"{path}: the id {twice[0]!r} stands there twice"
        raise BadInput(msg)
    return {row.pop("id", ""): row for row in rows}


def _cell(kind: type, text: str) -> Any:
    """A cell as a TOML file would give it; what is none of its kind stays a text, which is refused with its name."""
    if kind is tuple:
        return [one.strip() for one in text.split(";") if one.strip()]
    if kind is int and text.isdecimal():
        return int(text)
    return {"true": True, "false": False}.get(text, text) if kind is bool else text


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
