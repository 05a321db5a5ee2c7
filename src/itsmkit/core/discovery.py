"""Where plugins come from: installed distributions (entry points of the group "itsmkit") and a site's own files."""

import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from importlib.metadata import entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from attrs import frozen

from itsmkit.core.errors import PluginError

GROUP = "itsmkit"


@frozen
class Found:
    """A plugin by name, how to load it, and where it comes from."""

    name: str
    load: Callable[[], Any]
    origin: str


def installed() -> tuple[Found, ...]:
    """The plugins of installed distributions, by name; of two of one name the first found counts.

    They are looked for once on each search path: what is installed while a process runs is for the next one.
    """
    return _installed(tuple(sys.path))


@cache
def _installed(_path: tuple[str, ...]) -> tuple[Found, ...]:
    found: dict[str, Found] = {}
    for point in entry_points(group=GROUP):
        origin = f"{point.dist.name} {point.dist.version}" if point.dist else point.value
        found.setdefault(point.name, Found(point.name, point.load, origin))
    return tuple(sorted(found.values(), key=lambda one: one.name))


def local(paths: Iterable[str], folder: Path | None) -> list[Found]:
    """The plugins in a site's own Python files, named after them."""
    return [_local((folder or Path()) / path) for path in paths]


def given(plugins: Mapping[str, object]) -> list[Found]:
    """The plugins that the caller hands over ready made."""
    return [Found(name, partial(_itself, plugin), "given") for name, plugin in plugins.items()]


def _itself(plugin: object) -> object:
    return plugin


def _local(path: Path) -> Found:
    def load() -> Any:
        spec = spec_from_file_location(f"itsmkit_local_{path.stem}", path)
        if spec is None or spec.loader is None or not path.exists():
            msg = f"there is no Python file {path}"
            raise PluginError(msg)
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        return getattr(module, "plugin", module)

    return Found(path.stem, load, str(path))
