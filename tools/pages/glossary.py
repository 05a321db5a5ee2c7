"""The words of the field, English and Chinese, with the names they have in the code."""

import tomllib
from pathlib import Path
from typing import Any

from pages.text import code, table

import itsmkit

FILE = "glossary.md"
LIST = Path(__file__).with_name("glossary.toml")
INTRO = """# Words

The terms that code, commands and texts use, with the Chinese ones beside them. Names in the last column are those of
`itsmkit`, such as `Ticket.owner`."""


def page(_root: Path) -> str:
    """The glossary; AttributeError for a name that the code doesn't have."""
    parts = [INTRO]
    for title, terms in tomllib.loads(LIST.read_text("utf-8")).items():
        rows = []
        for word, term in terms.items():
            for name in term.get("code", []):
                found(name)
            rows.append((f"**{word}**", "、".join(term["zh"]), term["means"], code(*term.get("code", []))))
        parts += [f"## {title}", table(("English", "中文", "meaning", "in the code"), rows)]
    return "\n\n".join(parts)


def found(name: str) -> Any:
    """What `itsmkit.<name>` is: a public name, a member of an enumeration, or a field of a class."""
    first, _, inner = name.partition(".")
    value = getattr(itsmkit, first)
    if inner and inner not in getattr(value, "__annotations__", {}):
        return getattr(value, inner)
    return value
