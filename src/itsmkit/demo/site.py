"""The demo's site: what `itsmkit init` makes, with the people of the cast, team mailboxes and a vendor."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from itsmkit.core.errors import BadInput
from itsmkit.core.model.party import Contract, Vendor
from itsmkit.core.model.record import Record
from itsmkit.demo.cast import APPLICATIONS, DESK, HARDWARE, INFRASTRUCTURE, MERIDIAN, Cast
from itsmkit.site_files import make, rendered

ZONES: Mapping[str, str] = {"en": "Europe/Berlin", "zh": "Asia/Shanghai"}
_PERSON = ("name", "mails", "employee", "phone", "department", "customer", "language", "roles", "teams", "vendor")
_TEAM = ("name", "line", "categories", "services", "vendor")
_VENDOR = ("name", "mail", "language")
_CONTRACT = ("name", "vendor", "categories", "services")


def make_site(folder: Path, cast: Cast, model: str, language: str, login: str) -> None:
    """Make the site in the folder, new or empty; whoever runs the demo is its administrator."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        msg = f"{folder} is not empty; name a new or an empty folder"
        raise BadInput(msg)
    made = rendered(model, language, name=cast.company, zone=ZONES[language], login=login, sample=False)
    texts = dict(made)
    teams = texts["teams.toml"]
    for team in (DESK, INFRASTRUCTURE, APPLICATIONS, HARDWARE):
        teams = teams.replace(f"[{team}]\n", f'[{team}]\nmail = "{team}@{cast.domain}"\n')
    texts["teams.toml"] = teams + tables([cast.vendor], _TEAM)
    meridian = Vendor(id=MERIDIAN, name=cast.vendor.name, mail="cases@meridian.example", language=language)
    texts["vendors.toml"] += tables([meridian], _VENDOR)
    if model == "vendor":
        texts["contracts.toml"] += tables(_contracts(cast, tomllib.loads(texts["teams.toml"])), _CONTRACT)
    texts["people.toml"] += tables(cast.people, _PERSON)
    make(folder, texts)


def _contracts(cast: Cast, teams: Mapping[str, Any]) -> Iterable[Contract]:
    """What the vendors' teams know is what they are under contract for: line 1 passes it on to them at once."""
    for id_ in (HARDWARE, cast.vendor.id):
        team = teams[id_]
        yield Contract(id=id_, name=team["name"], vendor=team["vendor"], categories=tuple(team["categories"]),
                       services=tuple(team.get("services", ())))  # fmt: skip


def tables(records: Iterable[Record], names: Iterable[str]) -> str:
    """Records as the tables of a site's file."""
    names = tuple(names)
    return "".join(f"\n[{one.id}]\n{''.join(_lines(one, names))}" for one in records)


def _lines(record: Record, names: Iterable[str]) -> Iterable[str]:
    for name in names:
        if value := getattr(record, name):
            plain = list(value) if isinstance(value, tuple) else value
            yield f"{name} = {json.dumps(plain, ensure_ascii=False)}\n"
