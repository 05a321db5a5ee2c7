"""One frozen `Settings` out of a site's files: unknown keys refused, secrets by reference only."""

import os
import tomllib
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, get_args, get_origin

import cattrs
from attrs import evolve, field, frozen
from attrs.validators import in_
from cattrs import Converter

from itsmkit.core.calendar import BusinessHours
from itsmkit.core.calendar_sources import read_days_off
from itsmkit.core.calendar_table import calendars_from_dict
from itsmkit.core.chain_table import chain_from_list
from itsmkit.core.errors import CalendarError, SettingsError
from itsmkit.core.model.days_off import DaysOff
from itsmkit.core.model.escalation import Level
from itsmkit.core.notice_rules import Notification
from itsmkit.core.policy import Retention, Rules

FILE = "itsmkit.toml"
CALENDARS = "calendars.toml"
DAYS_OFF = "days_off.toml"
ESCALATION = "escalation.toml"
OFFICE = MappingProxyType({"zone": "UTC", "week": {"mon-fri": ["09:00-17:00"]}})
CHAINS: Mapping[str, Sequence[Mapping[str, Any]]] = MappingProxyType(
    {
        "answer": ({"at": "100%", "to": "manager"},),
        "calm": ({"at": "100%", "to": "manager"},),
        "close": ({"at": "75%", "to": "manager"}, {"at": "100%", "to": "department"}),
        "critical": (
            {"at": "50%", "to": "manager"},
            {"at": "75%", "to": "next_line"},
            {"at": "100%", "to": "department"},
        ),
    }
)
"""The chains of a site that has no file of its own."""
T = TypeVar("T")
_folder: ContextVar[Path | None] = ContextVar("folder", default=None)
"""The folder of the site whose tables are being read: what paths and secrets in them start from."""


@frozen(repr=False)
class Secret:
    """A secret that was read through a reference; never shown by accident."""

    _value: str = ""

    def reveal(self) -> str:
        """The secret itself, for the one place that needs it."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret('***')"

    __str__ = __repr__


@frozen
class SiteSettings:
    """Who and where the desk is: its zone is fixed once the store holds data."""

    name: str = "Service desk"
    zone: str = "UTC"
    language: str = field(default="en", validator=in_(("en", "zh")))
    domain: str = "desk.localhost"
    secret: Secret = Secret()


@frozen
class StoreSettings:
    """Where records are kept, as a URL; paths are relative to the site."""

    url: str = "sqlite:///desk.db"


@frozen
class OrganisationSettings:
    """Which organisation model is in force: the plugin `model_<model>`."""

    model: str = "tiered"


@frozen
class PluginSettings:
    """Which plugins take part: `order` is asked first to last, `disable` not at all, `local` are files of the site."""

    order: tuple[str, ...] = ()
    disable: tuple[str, ...] = ()
    local: tuple[str, ...] = ()


@frozen
class Settings:
    """Everything a desk is told, checked when it is read. Without a file of calendars there are "office" hours in UTC.

    `plugin` holds each plugin's own table; its plugin structures it. `folder` is the site's, None without one.
    """

    site: SiteSettings = SiteSettings()
    store: StoreSettings = StoreSettings()
    organisation: OrganisationSettings = OrganisationSettings()
    plugins: PluginSettings = PluginSettings()
    rules: Rules = Rules()
    notify: Notification = Notification()
    retention: Retention = Retention()
    plugin: dict[str, dict[str, Any]] = field(factory=dict)
    calendars: Mapping[str, BusinessHours] = field(factory=lambda: calendars_from_dict({"office": OFFICE}))
    chains: Mapping[str, tuple[Level, ...]] = field(factory=lambda: chains(CHAINS))
    chain_source: dict[str, Any] = field(factory=dict)
    folder: Path | None = None


def load_settings(folder: Path | str) -> Settings:
    """Read the site in that folder; SettingsError with file, key and what is wrong."""
    settings = load_without_calendars(folder)
    kept = kept_days_off(Path(folder))
    try:
        return evolve(settings, calendars=calendars_from_dict(calendar_tables(Path(folder)), kept))
    except CalendarError as fault:
        msg = f"{Path(folder) / CALENDARS}: {fault}"
        raise CalendarError(msg) from fault


def load_without_calendars(folder: Path | str) -> Settings:
    """The settings with the calendars of no site: enough to ask plugins for the days off of those it will have."""
    folder = Path(folder)
    data = read_toml(folder / FILE)
    for key in ("calendars", "chains", "chain_source", "folder"):
        if key in data:
            msg = f"{folder / FILE}: unknown key {key!r}"
            raise SettingsError(msg)
    steps = read_toml(folder / ESCALATION) if (folder / ESCALATION).exists() else dict(CHAINS)
    settings = structured(data, Settings, str(folder / FILE), folder)
    return evolve(settings, chains=chains(steps), chain_source=steps, folder=folder)


def chains(source: Mapping[str, Any]) -> Mapping[str, tuple[Level, ...]]:
    """The chains of a site's file by name; SettingsError names chain, step and what is wrong."""
    return {name: chain_from_list(name, steps) for name, steps in source.items()}


def calendar_tables(folder: Path) -> Mapping[str, Any]:
    """The tables of a site's calendars as they are written; office hours in UTC where the site has no such file."""
    return read_toml(folder / CALENDARS) if (folder / CALENDARS).exists() else {"office": OFFICE}


def kept_days_off(folder: Path) -> Mapping[str, DaysOff]:
    """The days off by source that the site has taken over; CalendarError where their file can't be understood."""
    try:
        return read_days_off(read_toml(folder / DAYS_OFF)) if (folder / DAYS_OFF).exists() else {}
    except CalendarError as fault:
        msg = f"{folder / DAYS_OFF}: {fault}"
        raise CalendarError(msg) from fault


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file; SettingsError where it can't be read."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        msg = f"there is no {path}; `itsmkit init {path.parent}` makes a site"
        raise SettingsError(msg) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        msg = f"{path} can't be read: {fault}"
        raise SettingsError(msg) from fault


def structured(data: Mapping[str, Any], kind: type[T], where: str, folder: Path | None) -> T:
    """The frozen value of plain tables: secrets looked up, paths made the site's; SettingsError says what is wrong."""
    reading = _folder.set(folder)
    try:
        return _converter().structure(data, kind)
    except (cattrs.BaseValidationError, ValueError, TypeError) as fault:
        reasons = cattrs.transform_error(fault, path="", format_exception=_reason)
        reasons = [one.replace(" @ $.", " at ").replace(" @ .", " at ").replace(" @ ", "") for one in reasons]
        msg = f"{where}: {'; '.join(reasons)}"
        raise SettingsError(msg) from fault
    finally:
        _folder.reset(reading)


def _reason(fault: BaseException, _kind: Any) -> str:
    if isinstance(fault, cattrs.ForbiddenExtraKeysError):
        return f"unknown key {', '.join(sorted(map(repr, fault.extra_fields)))}"
    if isinstance(fault, KeyError):
        return f"key {fault} is missing"
    # An attrs validator puts its whole inner life behind the sentence.
    said = fault.args[0] if fault.args and isinstance(fault.args[0], str) else str(fault)
    return said or type(fault).__name__


@cache  # it compiles a function for each class: a dozen for every desk that is opened
def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True)
    for kind in (str, int, float, bool):
        converter.register_structure_hook(kind, _exactly)
    converter.register_structure_hook_func(_is_tuple, lambda value, kind: _listed(converter, value, kind))
    converter.register_structure_hook(Secret, lambda value, _: secret(value, _folder.get()))
    converter.register_structure_hook(Path, lambda value, _: (_folder.get() or Path()) / value)
    return converter


def _is_tuple(kind: Any) -> bool:
    origin: Any = get_origin(kind)
    return origin is tuple


def _listed(converter: Converter, value: Any, kind: Any) -> tuple[Any, ...]:
    """A text is no list of its letters."""
    if not isinstance(value, list | tuple):
        msg = f"{value!r} is no list"
        raise TypeError(msg)
    return tuple(converter.structure(one, get_args(kind)[0]) for one in value)


def _exactly(value: Any, kind: type) -> Any:
    """TOML has types: a number is no text and a text no number."""
    fits = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    if not fits and not (kind is float and isinstance(value, int)):
        msg = f"{value!r} is no {kind.__name__}"
        raise ValueError(msg)
    return kind(value)


def secret(reference: Any, folder: Path | None) -> Secret:
    """The secret behind "env:NAME" or "file:PATH"; a secret written out is refused."""
    if isinstance(reference, Secret):
        return reference
    sort, _, name = str(reference).partition(":")
    if reference == "":
        return Secret()
    if sort == "env":
        if name not in os.environ:
            msg = f"the environment has no {name}"
            raise ValueError(msg)
        return Secret(os.environ[name])
    if sort == "file":
        try:
            return Secret(((folder or Path()) / name).read_text("utf-8").strip())
        except OSError as fault:
            msg = f"secret file {name} can't be read: {fault.strerror}"
            raise ValueError(msg) from fault
    msg = 'a secret is given as "env:NAME" or "file:PATH", never written out'
    raise ValueError(msg)
