"""Makes a plugin of your own out of the template: `new_plugin.py NAME DIR ["Its title"]`.

NAME is a word such as `classify_rooms`. DIR must not exist yet; it becomes a distribution with a hook, settings and
tests that pass.
"""

import argparse
import re
import sys
from pathlib import Path
from string import Template

TEMPLATE = Path(__file__).resolve().parent.parent / "template"
SUFFIX = ".template"


def main() -> int:
    """Render the template; 0 when all is written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("folder", metavar="DIR", type=Path)
    parser.add_argument("title", metavar="TITLE", nargs="?", default="")
    options = parser.parse_args()
    if not re.fullmatch(r"[a-z][a-z0-9_]*", options.name):
        parser.error(f"{options.name!r} is no name for a plugin; take lower-case letters, digits and _")
    if options.folder.exists():
        parser.error(f"{options.folder} is there already")
    for path in render(options.name, options.folder, options.title or options.name.replace("_", " ").capitalize()):
        print(path)
    return 0


def render(name: str, folder: Path, title: str) -> list[Path]:
    """Write the plugin into the folder; the files written."""
    values = {"name": name, "distribution": name.replace("_", "-"), "title": title}
    written = []
    for source in sorted(TEMPLATE.rglob(f"*{SUFFIX}")):
        inside = source.relative_to(TEMPLATE).as_posix().removesuffix(SUFFIX)
        target = folder / Template(inside).substitute(values)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(Template(source.read_text("utf-8")).substitute(values), "utf-8")
        written.append(target)
    return written


if __name__ == "__main__":
    sys.exit(main())
