"""Putting a desk together: settings, plugins, store, organisation, processes; what is broken is told and survived."""

import inspect
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs
from attrs import evolve, field, frozen

from itsmkit.core import discovery
from itsmkit.core.calendar_table import table_of
from itsmkit.core.catalogue import flaws
from itsmkit.core.codec import plain
from itsmkit.core.errors import PluginError, SettingsError
from itsmkit.core.incident import RULES
from itsmkit.core.model.event import Draft
from itsmkit.core.model.notice import Channel
from itsmkit.core.model.organisation import Organisation
from itsmkit.core.model.process import Process
from itsmkit.core.model.query import Query, Scope
from itsmkit.core.model.record import RecordType
from itsmkit.core.model.ticket import Ticket
from itsmkit.core.model.unit import Unit
from itsmkit.core.numbers import Numbers
from itsmkit.core.people import site_of
from itsmkit.core.plugins import Fault, Plugins, a, hook_names, in_order
from itsmkit.core.policy import Policy, PolicyText, Rules, make_policy
from itsmkit.core.process import problems
from itsmkit.core.sealing import sealed
from itsmkit.core.setup import Setup
from itsmkit.core.store import Store
from itsmkit.core.world import World
from itsmkit.defaults import Defaults
from itsmkit.settings import CALENDARS, Settings, structured
from itsmkit.shipped import SHIPPED, TYPES

CHOICES = MappingProxyType(
    {
        "dispatch": ("direct", "approved"),
        "new_demand": ("waits", "closes"),
        "tries": ("logged", "in_order"),
        "reopen_beyond": ("judge", "anew"),
    }
)
"""The rules that are one of a few words."""
MODEL = "model_"
_AT_START = ("load", "itsmkit_types", "itsmkit_processes")
log = logging.getLogger("itsmkit")


@frozen
class Opened:
    """A desk's parts, and what was found wrong with them."""

    setup: Setup
    settings: Settings
    types: tuple[RecordType, ...]
    found: tuple[discovery.Found, ...]
    troubles: tuple[str, ...] = field(default=())


def gather(
    settings: Settings, monotonic: Callable[[], float], given: Mapping[str, object] = MappingProxyType({})
) -> tuple[Plugins, tuple[discovery.Found, ...]]:
    """Find, make and order the plugins that the settings ask for; one that can't be made is noted and left out.

    `given` are further ones by name, as objects of the caller.
    """
    plugins = Plugins(monotonic, _logged)
    local = discovery.local(settings.plugins.local, settings.folder)
    found = {one.name: one for one in (*discovery.installed(), *local, *discovery.given(given))}
    wanted = [name for name in found if takes_part(name, settings)]
    for name in in_order(wanted, settings.plugins.order):
        try:
            plugin = made(found[name].load(), settings, name)
        except (KeyboardInterrupt, SettingsError):
            raise
        except BaseException as error:  # noqa: BLE001 - a plugin may fail in any way while it is imported
            plugins.broken(name, f"{type(error).__name__}: {error}")
            continue
        plugins.add(name, plugin, found[name].origin)
    for name in sorted({*settings.plugin, *settings.plugins.order} - set(found)):
        plugins.broken(
            name, f"the settings name it, but it isn't installed; try itsmkit[desk] or itsmkit-{name.replace('_', '-')}"
        )
    plugins.add("defaults", Defaults(settings.rules), "itsmkit")
    return plugins, tuple(found.values())


def takes_part(name: str, settings: Settings) -> bool:
    """Whether a plugin found takes part: not disabled, and of the organisation models only the chosen one."""
    if name in settings.plugins.disable:
        return False
    return not name.startswith(MODEL) or name == MODEL + settings.organisation.model


def made(loaded: Any, settings: Settings, name: str) -> object:
    """The plugin object: what its factory gives for its own settings, or the module as it is."""
    table = settings.plugin.get(name, {})
    factory = loaded if inspect.isfunction(loaded) else getattr(loaded, "plugin", None)
    if not inspect.isfunction(factory):
        if table:
            msg = f"plugin {name} takes no settings; remove [plugin.{name}]"
            raise SettingsError(msg)
        return loaded
    own = own_settings(factory)
    if own is None:
        return factory()
    return factory(structured(table, own, f"[plugin.{name}]", settings.folder))


def own_settings(factory: Callable[..., Any]) -> type | None:
    """The attrs class that a plugin's factory takes, None where it takes nothing."""
    parameters = list(inspect.signature(factory).parameters)
    if not parameters:
        return None
    hint = get_type_hints(factory).get(parameters[0])
    if not isinstance(hint, type) or not attrs.has(hint):
        msg = "its factory's parameter must be annotated with an attrs class"
        raise PluginError(msg)
    return hint


def _logged(fault: Fault) -> None:
    log.warning("plugin %s, %s: %s: %s", fault.plugin, fault.hook, fault.sort, fault.detail)


def open_desk(
    settings: Settings,
    world: World,
    clock: Callable[[], datetime] | None,
    given: Mapping[str, object] = MappingProxyType({}),
) -> Opened:
    """All parts of a desk; refuses only for settings or a store that can't be, everything else is a trouble told."""
    try:
        zone = ZoneInfo(settings.site.zone)
    except (ZoneInfoNotFoundError, ValueError):
        msg = f"[site] zone: unknown time zone {settings.site.zone!r}; give a name such as Europe/Berlin"
        raise SettingsError(msg) from None
    _check_rules(settings)
    _check_plugin_words(settings)
    plugins, found = gather(settings, world.monotonic, given)
    types = record_types(plugins)
    store = open_store(plugins, settings.store.url, types, clock, settings)
    _check_zone(store, settings.site.zone)
    policy = _policy(settings)
    _keep_policy(store, world, policy)
    setup = Setup(
        world=world,
        store=store,
        types=MappingProxyType({one.name: one for one in types}),
        plugins=plugins,
        policy=policy,
        site=site_of(store, settings.site.name, settings.site.zone, settings.site.language, settings.site.domain),
        organisation=None,
        processes=SHIPPED,
        numbers=Numbers(store, world, _short_pause),
        # Without a secret of the site's own one that nobody can guess: answers find their ticket until the desk closes.
        secret=settings.site.secret.reveal().encode() or world.salt().encode(),
        zone=zone,
        notify=settings.notify,
        channels=_channels(plugins),
        retention=settings.retention,
    )
    setup, troubles = organised(setup, settings)
    return Opened(setup, settings, types, found, troubles)


def record_types(plugins: Plugins) -> tuple[RecordType, ...]:
    """Our own types and those of plugins; of two of one name the first counts, and the other's plugin is told of."""
    types = {one.name: one for one in TYPES}
    for plugin, one in plugins.every("itsmkit_types", a(RecordType)).answer:
        if one.name in types:
            plugins.broken(plugin, f"its type {one.name} is left out: there is one of that name already")
        types.setdefault(one.name, one)
    return tuple(types.values())


def _channels(plugins: Plugins) -> Mapping[str, Channel]:
    """The ways to reach people that plugins offer; of two of one name the first counts, and the other is told of."""
    channels: dict[str, Channel] = {}
    for plugin, one in plugins.every("itsmkit_channels", a(Channel)).answer:
        if one.name in channels:
            plugins.broken(plugin, f"its channel {one.name} is left out: there is one of that name already")
        channels.setdefault(one.name, one)
    return MappingProxyType(channels)


def _short_pause(attempt: int) -> None:
    time.sleep(min(0.001 * 2**attempt, 0.05))


def _secret_trouble(settings: Settings) -> tuple[str, ...]:
    if settings.site.secret:
        return ()
    return (
        '[site] secret is not set: answers to mails sent before a restart won\'t find their ticket; "file:secret.key"',
    )


def _check_rules(settings: Settings) -> None:
    rules = settings.rules
    levels = {level for row in rules.matrix for level in row}
    if (
        not levels
        or min(levels) < 1
        or max(levels) > len(rules.priorities)
        or len({len(row) for row in rules.matrix}) > 1
    ):
        msg = f"[rules] matrix: rows of equal length with levels 1 to {len(rules.priorities)}"
        raise SettingsError(msg)
    if len(rules.bands) != len(rules.priorities):
        msg = "[rules] bands: one for each of the priorities"
        raise SettingsError(msg)
    for name in ("silence_hours", "follow_up_hours", "word_hours"):
        if getattr(rules, name) <= 0:
            msg = f"[rules] {name}: must be more than 0"
            raise SettingsError(msg)
    _check_choices(rules)
    if min(settings.retention.days) < 0:
        msg = "[retention]: days are 0 (for ever) or more"
        raise SettingsError(msg)
    if rules.default_kind not in rules.kinds:
        msg = f"[rules] default_kind: {rules.default_kind!r} is none of the kinds {', '.join(rules.kinds)}"
        raise SettingsError(msg)
    fields = {one.name for one in attrs.fields(Ticket)}
    if unknown := [name for name in rules.mandatory if name not in fields]:
        msg = f"[rules] mandatory: a ticket has no {', '.join(unknown)}"
        raise SettingsError(msg)
    for key, name in (
        ("calendar", rules.calendar),
        *((f"customer_hours.{one}", calendar) for one, calendar in rules.customer_hours.items()),
    ):
        if name not in settings.calendars:
            msg = f"[rules] {key}: there is no calendar {name!r}; there are {', '.join(settings.calendars)}"
            raise SettingsError(msg)


def _check_choices(rules: Rules) -> None:
    for name, choices in CHOICES.items():
        if (chosen := getattr(rules, name)) not in choices:
            msg = f"[rules] {name}: {chosen!r} is none of {', '.join(choices)}"
            raise SettingsError(msg)


def open_store(
    plugins: Plugins, url: str, types: tuple[RecordType, ...], clock: Callable[[], datetime] | None, settings: Settings
) -> Store:
    """The store that a plugin opens for the URL; errors of its own pass through, all else refuses the start."""
    heard = plugins.first("itsmkit_open_store", _is_store, url=placed(url, settings), types=types, clock=clock)
    if heard.answer is None:
        reasons = "; ".join(f"{one.plugin}: {one.detail}" for one in heard.faults)
        msg = f"no plugin can open the store {url!r}{': ' + reasons if reasons else ''}; try itsmkit[desk]"
        raise PluginError(msg)
    store: Store = heard.answer
    return store


def placed(url: str, settings: Settings) -> str:
    """A relative SQLite path belongs to the site's folder."""
    head, _, path = url.partition(":///")
    if head != "sqlite" or path.startswith(("/", ":")) or settings.folder is None:
        return url
    return f"sqlite:///{(settings.folder / path).resolve()}"


def _policy(settings: Settings) -> Policy:
    resolved = {name: table_of(one) for name, one in settings.calendars.items()}
    sources = {"calendars": resolved, "chains": _plain(settings.chain_source), "plugin": _plain(settings.plugin),
               "model": settings.organisation.model, "notify": plain(settings.notify)}  # fmt: skip
    return make_policy(settings.rules, settings.calendars, settings.site.zone, sources, settings.chains)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool) else str(value)


def _check_zone(store: Store, zone: str) -> None:
    """Months were counted in the zone of the first start: another one would mix them."""
    kept = next((one for one in store.find(Query("policy"), Scope.system("zone"), limit=1).items), None)
    first = kept.source.get("zone", zone) if isinstance(kept, PolicyText) else zone
    if first != zone:
        msg = f"[site] zone: this store was begun in {first} and keeps it; a new zone needs a new store"
        raise SettingsError(msg)


def _keep_policy(store: Store, world: World, policy: Policy) -> None:
    """Each policy that was ever used stays in the store, so that old decisions can be explained."""
    if store.get("policy", policy.digest, Scope.system("policy")) is None:
        text = PolicyText(id=policy.digest, source=dict(policy.source))
        draft = Draft("kept", "core")
        store.commit(Unit((sealed(world, None, text, (draft,), world.now()),)))


def organised(setup: Setup, settings: Settings) -> tuple[Setup, tuple[str, ...]]:
    """The setup with its organisation model and processes, and what is wrong with it."""
    model, unsafe = settings.organisation.model, _secret_trouble(settings)
    heard = setup.plugins.first("itsmkit_organisation", _is_organisation, site=setup.site)
    organisation: Organisation | None = heard.answer
    if organisation is None:
        wanted = f"no organisation model: plugin {MODEL}{model} gives none; people's commands are refused meanwhile"
        return evolve(setup, organisation=None), (wanted, *unsafe)
    processes, troubles = _processes(setup.plugins, organisation)
    troubles = (*troubles, *_unknown_words(setup, settings), *unsafe)
    return evolve(setup, organisation=organisation, processes=processes), troubles


def _unknown_words(setup: Setup, settings: Settings) -> Iterator[str]:
    """What the settings name that the site or the installation lacks: it would be found out ticket by ticket."""
    rules = setup.policy.rules
    services = {rule.service for rule in rules.classify if rule.service and setup.site.service(rule.service) is None}
    categories = {rule.category for rule in rules.classify if rule.category} - set(rules.categories)
    site = {
        "services": {one.id for one in setup.site.services},
        "teams": {one.id for one in setup.site.teams},
        "vendors": {"", *setup.site.companies},
    }
    hours = {one.calendar for one in setup.site.teams} - {"", *settings.calendars}
    for what, known in site.items() if setup.site.teams else ():
        if lacking := set(named(what, settings.plugin)) - known:
            yield f"[plugin] tables name {what} that the site lacks: {', '.join(sorted(lacking))}"
    disabled = set(settings.plugins.disable) - {one.name for one in discovery.installed()} - _local_names(settings)
    if settings.folder and not (settings.folder / CALENDARS).exists():
        yield f"there is no {CALENDARS}: office hours are Monday to Friday, 09:00 to 17:00 UTC"
    yield from flaws(setup.site)
    for what, names in (
        ("teams name calendars that calendars.toml lacks", hours),
        ("[rules] classify names services that the site lacks", services),
        ("[rules] classify names categories that [rules] categories lacks", categories),
        ("[plugins] disable names plugins that aren't there", disabled),
    ):
        if names:
            yield f"{what}: {', '.join(sorted(names))}"


def named(key: str, table: Any) -> Iterator[str]:
    """The texts under that key anywhere in nested tables and lists, one by one."""
    return (one for _, found in _under(key, table, "") for one in _texts(found))


def _texts(found: Any) -> Iterable[str]:
    return (one for one in (found if isinstance(found, list | tuple) else (found,)) if isinstance(one, str))


def _under(key: str, table: Any, where: str) -> Iterator[tuple[str, Any]]:
    """What stands under that key in nested tables and lists, each with its place."""
    if isinstance(table, Mapping):
        for name, value in table.items():
            place = f"{where}.{name}" if where else str(name)
            if name == key:
                yield place, value
            yield from _under(key, value, place)
    elif isinstance(table, list | tuple):
        for number, one in enumerate(table, 1):
            yield from _under(key, one, f"{where}[{number}]")


def _check_plugin_words(settings: Settings) -> None:
    """Calendars, kinds and priorities mean the same in every table of a plugin: one that isn't there is refused."""
    rules = settings.rules
    most = len(rules.priorities)
    for key, known in (("calendar", tuple(settings.calendars)), ("kinds", rules.kinds)):
        for place, found in _under(key, settings.plugin, ""):
            if unknown := [one for one in _texts(found) if one not in known]:
                msg = f"[plugin.{place}]: there is no {key.rstrip('s')} {unknown[0]!r}; there are {', '.join(known)}"
                raise SettingsError(msg)
    for place, found in _under("priorities", settings.plugin, ""):
        levels = [int(one) for one in found if str(one).isdigit()] if isinstance(found, Iterable) else []
        if wrong := [one for one in levels if not 1 <= one <= most]:
            msg = f"[plugin.{place}]: there is no priority {wrong[0]}; they run from 1 to {most}"
            raise SettingsError(msg)


def _local_names(settings: Settings) -> set[str]:
    return {one.name for one in discovery.local(settings.plugins.local, settings.folder)}


def _is_organisation(answer: Any) -> str:
    name = getattr(answer, "name", None)
    return lacks(answer, Organisation) or ("" if isinstance(name, str) else "lacks a name")


def _is_store(answer: Any) -> str:
    return lacks(answer, Store)


def lacks(answer: Any, port: type) -> str:
    """Which of the port's methods the answer hasn't got."""
    wanted = [name for name, one in vars(port).items() if inspect.isfunction(one) and not name.startswith("_")]
    lacking = [name for name in wanted if not callable(getattr(answer, name, None))]
    return f"lacks {', '.join(lacking)}" if lacking else ""


def _processes(plugins: Plugins, organisation: Organisation) -> tuple[Mapping[str, Process], tuple[str, ...]]:
    troubles: list[str] = []
    tables: dict[str, Process] = {}
    for name, process in plugins.every("itsmkit_processes", a(Process), organisation=organisation).answer:
        wrong = problems(process, frozenset(RULES), frozenset(hook_names()))
        if wrong:
            troubles.append(f"process {process.name} of plugin {name} is left out: {'; '.join(wrong)}")
        else:
            tables.setdefault(process.name, process)
    return MappingProxyType({**SHIPPED, **tables}), tuple(troubles)


def broken(faults: Iterable[Fault]) -> tuple[str, ...]:
    """The faults of the start, a line each."""
    return tuple(f"plugin {one.plugin}: {one.detail}" for one in faults if one.hook in _AT_START)
