"""The public names: what embedders and plugins may import, each with its promise."""

from pathlib import Path

from pages.text import definitions, table

import itsmkit
from itsmkit import testing

FILE = "api.md"
INTRO = """# Public names

Everything that may be imported from `itsmkit` and from `itsmkit.testing`; all else is internal and may change. The
names are grouped by the module that defines them, and the line beside each is the first of its docstring."""


def page(_root: Path) -> str:
    """The page of public names."""
    parts = [INTRO, "## from itsmkit", *groups(itsmkit._WHERE)]
    return "\n\n".join([*parts, "## from itsmkit.testing", *groups(testing._WHERE)])


def groups(where: dict[str, str]) -> list[str]:
    """A table for each module."""
    parts = []
    for module, names in where.items():
        found = definitions(module)
        if lacking := sorted(set(names.split()) - set(found)):
            raise LookupError(f"{module} defines no {', '.join(lacking)}")
        rows = [(f"`{found[name].written}`", found[name].promise) for name in sorted(names.split())]
        title = module.removeprefix("itsmkit.").removeprefix("core.").removeprefix("testing.").removeprefix("model.")
        parts += [f"### {title}", table(("name", "promise"), rows)]
    return parts
