"""Pins every package the workshop installs, in pyproject.toml, without naming a package index.

`pin.py` resolves the newest versions that fit and writes them down. `pin.py --check` reads uv.lock, which `uv sync` has
just made from those pins, and tells what is not pinned, or pinned for nothing; it needs no network.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
EVERYTHING = "constraint-dependencies"
BUILD = "build-constraint-dependencies"

Lock = dict[str, Any]


def main() -> int:
    """Write the pins, or check them; 0 when they are complete."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing, compare the pins with uv.lock")
    parser.add_argument("--uv", default=shutil.which("uv") or str(ROOT / ".uv/bin/uv"), help="the uv to run")
    options = parser.parse_args()
    return check() if options.check else write(options.uv)


def check() -> int:
    """Compare the two lists with uv.lock; print each difference and return 1 when there is any."""
    lock_file = ROOT / "uv.lock"
    if not lock_file.exists():
        print("pin.py: there is no uv.lock to compare with; run `make setup` first", file=sys.stderr)
        return 1
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wrong = []
    for key, wanted in pins(tomllib.loads(lock_file.read_text("utf-8"))).items():
        have, want = versions(project["tool"]["uv"][key]), versions(wanted)
        wrong += [f"{key} lacks {each}" for each in sorted(want - have)]
        wrong += [f"{key} does not need {each}" for each in sorted(have - want)]
    for line in wrong:
        print(f"pin.py: {line}", file=sys.stderr)
    if wrong:
        print("pin.py: `make pin` writes the lists anew", file=sys.stderr)
    return 1 if wrong else 0


def write(uv: str) -> int:
    """Resolve anew in a copy of the project files, so that a failure leaves the pins as they were."""
    target = ROOT / "pyproject.toml"
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch)
        for file in (target, *sorted(ROOT.glob("plugins/*/pyproject.toml"))):
            place = copy / file.relative_to(ROOT)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place)
        unpinned = with_lists(target.read_text("utf-8"), {EVERYTHING: [], BUILD: []})
        (copy / "pyproject.toml").write_text(unpinned, "utf-8")
        subprocess.run([uv, "lock", "--quiet", "--project", scratch], check=True)
        found = pins(tomllib.loads((copy / "uv.lock").read_text("utf-8")))
    target.write_text(with_lists(target.read_text("utf-8"), found), "utf-8")
    # the constraints are part of the lock, and the lock on the spot shall know them
    subprocess.run([uv, "lock", "--quiet", "--project", str(ROOT)], check=True)
    print(f"pin.py: {len(found[EVERYTHING])} pins, {len(found[BUILD])} of them for building")
    return 0


def pins(lock: Lock) -> dict[str, list[str]]:
    """Both lists as the lock has them: all packages from an index, and those that the group `build` reaches."""
    outside = [package for package in lock["package"] if "registry" in package["source"]]
    builders = reachable(lock, "build")
    return {
        EVERYTHING: sorted(pin(package) for package in outside),
        BUILD: sorted(pin(package) for package in outside if package["name"] in builders),
    }


def pin(package: dict[str, Any]) -> str:
    """One requirement; where a package has several versions, with the environments that this one is for."""
    exact = f"{package['name']}=={package['version']}"
    environments = package.get("resolution-markers", [])
    if not environments:
        return exact
    joined = environments[0] if len(environments) == 1 else " or ".join(f"({each})" for each in environments)
    return f"{exact} ; {joined}"


def versions(entries: list[str]) -> set[str]:
    """The pins without their environments, which one release of uv words differently from the next."""
    return {entry.partition(" ; ")[0] for entry in entries}


def reachable(lock: Lock, group: str) -> set[str]:
    """The names that a dependency group of the root package needs, through any number of steps."""
    needs: dict[str, set[str]] = {}
    for package in lock["package"]:
        needs.setdefault(package["name"], set()).update(each["name"] for each in package.get("dependencies", []))
    root = next(package for package in lock["package"] if package["source"] == {"editable": "."})
    found: set[str] = set()
    waiting = {each["name"] for each in root["dev-dependencies"][group]}
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= needs[name] - found
    return found


def with_lists(project: str, lists: dict[str, list[str]]) -> str:
    """The text of pyproject.toml with the named lists of strings replaced, everything else untouched."""
    for key, entries in lists.items():
        written = "\n".join([f"{key} = [", *(f'  "{entry}",' for entry in entries), "]"])
        places = list(re.finditer(rf"^{key} = \[\n.*?^\]$", project, flags=re.MULTILINE | re.DOTALL))
        if len(places) != 1:
            raise SystemExit(f"pyproject.toml: {len(places)} lists `{key}`, want one that starts and ends on own lines")
        project = project[: places[0].start()] + written + project[places[0].end() :]
    return project


if __name__ == "__main__":
    sys.exit(main())
