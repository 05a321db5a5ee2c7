"""The settings: every table of a site's files with its keys and defaults, and every plugin's own."""

import inspect
import types
from importlib import import_module
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs
from pages.text import code, prose, table

from itsmkit import calendar_from_dict
from itsmkit.core.policy import ClassifyRule
from itsmkit.opening import own_settings
from itsmkit.settings import CALENDARS, Secret, Settings
from itsmkit.settings import FILE as SITE_FILE

FILE = "settings.md"
INTRO = f"""# Settings

A site is a folder with `{SITE_FILE}`. Unknown keys and values of a wrong type are refused with the key's name. Paths
are relative to the folder. A *secret* is never written out but referred to: `"env:NAME"` for a variable of the
environment, `"file:PATH"` for a file. How they are used is told in [Configure a site](../how_to/configure.md)."""
WORDS = {str: "text", int: "whole number", float: "number", bool: "true or false", Path: "path", Secret: "secret",
         type(None): ""}  # fmt: skip


def page(root: Path) -> str:
    """The page of settings."""
    parts = [INTRO]
    for one in attrs.fields(Settings):
        if attrs.has(one.type):
            parts += section(f"[{one.name}]", one.type)
    parts += section("[[rules.classify]]", ClassifyRule)
    parts += [f"## {CALENDARS}", "A table for each calendar.", prose(_body(calendar_from_dict))]
    for folder in sorted(root.glob("plugins/*")):
        parts += plugin(folder.name)
    return "\n\n".join(parts)


def _body(function: Any) -> str:
    """A docstring behind its first line."""
    return (inspect.getdoc(function) or "").partition("\n\n")[2]


def plugin(name: str) -> list[str]:
    """The section of a plugin's table, with those of the values inside it."""
    kind = own_settings(import_module(f"itsmkit_{name}").plugin)
    if kind is None or not attrs.fields(kind):
        return [f"## [plugin.{name}]", "This plugin takes no settings."]
    parts = section(f"[plugin.{name}]", kind)
    for inner in _inner(kind):
        parts += [f"A table of `{inner.__name__}`:", prose(inner.__doc__ or ""), keys(inner)]
    return parts


def section(title: str, kind: type) -> list[str]:
    """A heading, what the class says of itself, and its keys."""
    return [f"## {title}", prose(kind.__doc__ or ""), keys(kind)]


def keys(kind: type) -> str:
    """The table of a class's keys: what each is, and what holds where it isn't given."""
    hints = get_type_hints(kind)
    rows = [(code(one.name), words(hints[one.name]), shown(one.default)) for one in attrs.fields(kind)]
    return table(("key", "is", "default"), rows)


def words(hint: Any) -> str:
    """A type in plain words."""
    parts = get_args(hint)
    if get_origin(hint) in (types.UnionType, Union):
        return " or ".join(filter(None, map(words, parts)))
    if get_origin(hint) is tuple:
        return f"list of {_plural(words(parts[0]))}"
    if get_origin(hint) is dict:
        return f"table of {_plural(words(parts[1]))}"
    return WORDS.get(hint, f"`{hint.__name__}`")


def _plural(word: str) -> str:
    return word if word.endswith("`") else word.replace("list", "lists", 1) if word.startswith("list") else f"{word}s"


def shown(default: Any) -> str:
    """A default as TOML writes it, "required" where there is none."""
    if default is attrs.NOTHING:
        return "required"
    if isinstance(default, attrs.Factory):
        default = default.factory()
    text = toml(default)
    return f"`{text}`" if text else "none"


def toml(value: Any) -> str:
    """A plain or frozen value on one line of TOML; "" for nothing and for secrets."""
    if value is None or isinstance(value, Secret):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    if attrs.has(type(value)):
        value = {one.name: getattr(value, one.name) for one in attrs.fields(type(value))}
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {toml(one)}" for name, one in value.items()) + "}"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _inner(kind: type) -> list[type]:
    """The classes that stand inside a class's fields, each once."""
    found: list[type] = []
    for hint in get_type_hints(kind).values():
        for part in get_args(hint):
            if attrs.has(part):
                found += [one for one in (part, *_inner(part)) if one not in found]
    return found
