"""`itsmkit plugins`: which take part, in what order they are asked, and the commands they bring."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from time import monotonic
from typing import Any

import click

from itsmkit.cli import show
from itsmkit.cli.options import form_option
from itsmkit.cli.session import Session
from itsmkit.core.plugins import Plugins, a, hook_names
from itsmkit.opening import gather, takes_part
from itsmkit.settings import FILE, Settings, load_settings

KEYS = ("order", "name", "state", "origin", "hooks", "commands", "detail")


@click.command("plugins")
@click.option("--hooks", is_flag=True, help="List the hooks instead, each with the plugins that answer it, in order.")
@form_option()
@click.pass_obj
def command(session: Session, hooks: bool, form: str) -> None:
    """The plugins in the order they are asked, where they come from, what they answer, and their faults."""
    found = gather(session.settings, monotonic)
    if hooks:
        show.rows(session, _hooks(found[0]), form, ("hook", "sort", "plugins"), flex="plugins", wrap=True)
        return
    listed = list(_plugins(session.settings, *found))
    if form == "table":
        listed = [{**one, "hooks": [hook.removeprefix("itsmkit_") for hook in one["hooks"]]} for one in listed]
    keys = [key for key in KEYS if key in KEYS[:5] or any(one[key] for one in listed)]
    flex = "detail" if "detail" in keys else "hooks"
    show.rows(session, listed, form, KEYS, shown=keys, spare=("origin",), flex=flex, wrap=True)


def _plugins(settings: Settings, plugins: Plugins, found: tuple[Any, ...]) -> Iterator[Mapping[str, Any]]:
    names = _command_names(plugins)
    for order, one in enumerate(plugins.loaded, 1):
        faults = "; ".join(f"{fault.hook}: {fault.detail}" for fault in plugins.faults if fault.plugin == one.name)
        yield dict(zip(KEYS, (order, one.name, "faulty" if faults else "ok", one.origin, list(one.hooks),
                              names.get(one.name, []), faults), strict=True))  # fmt: skip
    taking_part = {one.name for one in plugins.loaded}
    for fault in plugins.faults:
        if fault.plugin not in taking_part:
            yield dict(zip(KEYS, (None, fault.plugin, "left out", "", [], [], fault.detail), strict=True))
    for one in found:
        if not takes_part(one.name, settings):
            yield dict(zip(KEYS, (None, one.name, "disabled", one.origin, [], [], ""), strict=True))


def _hooks(plugins: Plugins) -> Iterator[Mapping[str, Any]]:
    for hook in hook_names():
        sort = "first" if plugins.is_first(hook) else "collecting"
        yield {"hook": hook, "sort": sort, "plugins": list(plugins.implementers(hook))}


def _given(plugins: Plugins) -> tuple[tuple[str, click.Command], ...]:
    found: tuple[tuple[str, click.Command], ...] = plugins.every("itsmkit_commands", a(click.Command, _named)).answer
    return found


def _named(command: click.Command) -> str:
    return "" if command.name else "a command without a name"


def _command_names(plugins: Plugins) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for plugin, one in _given(plugins):
        named.setdefault(plugin, []).append(str(one.name))
    return named


def commands(site: Path) -> dict[str, click.Command]:
    """The commands that plugins bring, by name; of two of one name the first asked counts."""
    settings = load_settings(site) if (site / FILE).exists() else Settings()
    found: dict[str, click.Command] = {}
    for _, one in _given(gather(settings, monotonic)[0]):
        found.setdefault(str(one.name), one)
    return found
