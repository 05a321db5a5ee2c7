"""The hooks: kind, exact signature, docstring, and what becomes of a plugin's failure."""

import inspect
import re
from pathlib import Path

from pages.text import code, definitions, prose, table

from itsmkit import hookspecs

FILE = "hooks.md"
INTRO = """# Hooks

Every hook, in the order a ticket meets them. A plugin marks its functions with `@itsmkit.hookimpl` and takes the
arguments it needs, by name. A *first* hook asks the plugins in the order of the settings until one answers; a
*collecting* hook asks them all. All values are frozen; what a plugin returns is a proposal, and only the core changes
anything. How a plugin is written is told in [Your first plugin](../tutorial/first_plugin.md).

A plugin that raises, answers with something else than it should, or is slow, is noted on the record that was being
decided on and in the log; after three such faults within ten minutes it is not asked for five minutes."""


def page(root: Path) -> str:
    """The page of hooks."""
    written = definitions("itsmkit.hookspecs")
    names = [name for name in vars(hookspecs) if name.startswith("itsmkit_")]
    rows = [(f"[`{name}`](#{name})", kind(name), code(*shipped(root, name)), failure(name)) for name in names]
    parts = [INTRO, table(("hook", "kind", "shipped plugins that answer it", "on an exception"), rows), ""]
    for name in names:
        spec = f"```text\n{written[name].written}\n```"
        parts += [f"## {name}", f"*{kind(name)}*", spec, prose(written[name].docstring)]
    return "\n\n".join(parts)


def kind(name: str) -> str:
    """How the hook is declared: "first" or "collecting"."""
    return "first" if getattr(hookspecs, name).itsmkit_spec["firstresult"] else "collecting"


def failure(name: str) -> str:
    """The sentences of the docstring that say what becomes of an exception."""
    text = " ".join(inspect.getdoc(getattr(hookspecs, name)).split("Example::")[0].split())
    said = re.findall(
        r"(?:Fails closed:[^.]*\.|On an exception[^.]*\.|An exception[^.]*\.|[^.]*any other exception[^.]*\.)", text
    )
    if not said:
        raise LookupError(f"the docstring of {name} says nothing of exceptions")
    return " ".join(one.strip() for one in said)


def shipped(root: Path, name: str) -> list[str]:
    """The plugins of this repository that implement the hook; "defaults" is the core's own, asked last."""
    sources = [*sorted(root.glob("plugins/*/src/*/__init__.py")), root / "src" / "itsmkit" / "defaults.py"]
    found = [one for one in sources if f"def {name}(" in one.read_text("utf-8")]
    return [one.parent.name.removeprefix("itsmkit_") if one.name == "__init__.py" else one.stem for one in found]
