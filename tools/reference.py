"""Makes what follows from the code, or checks that it is in step: docs/reference/*.md and the site of examples/.

`reference.py --write` writes the files; `reference.py --check` changes nothing and fails where one differs.
"""

from __future__ import annotations

import argparse
import sys
from difflib import unified_diff
from pathlib import Path

from pages import api, commands, glossary, hooks, incident, requirements, settings, site, verbs

ROOT = Path(__file__).resolve().parent.parent
PAGES = (hooks, commands, settings, verbs, incident, glossary, requirements, api)
NOTE = "<!-- made by tools/reference.py from the code; `python tools/reference.py --write` makes it anew -->\n\n"


def main() -> int:
    """Write the pages, or check them; 0 when they are in step with the code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true", help="write the pages")
    what.add_argument("--check", action="store_true", help="change nothing, tell what differs")
    parser.add_argument("--into", type=Path, default=ROOT, metavar="DIR", help="another checkout to write to")
    options = parser.parse_args()
    files = made()
    return write(files, options.into) if options.write else check(files, options.into)


def made() -> dict[str, str]:
    """Every file that follows from the code, by its place in the checkout."""
    pages = {f"docs/reference/{one.FILE}": NOTE + one.page(ROOT).rstrip() + "\n" for one in PAGES}
    return pages | {f"examples/site/{name}": text for name, text in site.files().items()}


def write(files: dict[str, str], into: Path) -> int:
    """Write each file that differs."""
    for name, text in files.items():
        if _read(into / name) != text:
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            (into / name).write_text(text, "utf-8")
            print(f"wrote {name}")
    return 0


def check(files: dict[str, str], into: Path) -> int:
    """Print how the files differ from what the code makes; 1 when any does."""
    stale = [name for name, text in files.items() if _read(into / name) != text]
    for name in stale:
        difference = unified_diff(
            _read(into / name).splitlines(), files[name].splitlines(), name, "the code", "", "", 1
        )
        print("\n".join([*difference][:20]), file=sys.stderr)
    if stale:
        print("reference.py: `python tools/reference.py --write` brings them in step", file=sys.stderr)
    return 1 if stale else 0


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
