"""Write or check `src/itsmkit/__init__.pyi`: what the lazy public surface looks like to a type checker.

python tools/surface.py --write | --check
"""

import sys
from pathlib import Path

import itsmkit

STUB = Path(__file__).parent.parent / "src" / "itsmkit" / "__init__.pyi"


def stub() -> str:
    """The stub's text: every public name imported from its home under its own name."""
    homes: dict[str, list[str]] = {}
    for name, home in itsmkit._HOME.items():
        homes.setdefault(home, []).append(name)
    lines = ["# Written by tools/surface.py from the table in __init__.py.", ""]
    for home in sorted(homes):
        names = ",\n".join(f"    {name} as {name}" for name in sorted(homes[home]))
        lines.append(f"from {home} import (\n{names},\n)")
    return "\n".join([*lines, "", "__version__: str", ""])


def main(arguments: list[str]) -> int:
    """Write the stub, or say whether it is in step."""
    if arguments == ["--write"]:
        STUB.write_text(stub(), "utf-8")
        return 0
    if STUB.exists() and STUB.read_text("utf-8") == stub():
        return 0
    print(f"{STUB.name} is out of step; run python tools/surface.py --write")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
