"""Text on a grid: how wide it stands, cut, padded and wrapped, with Chinese characters two columns wide."""

import re
import unicodedata
from collections.abc import Iterator

CUT = "…"
_PIECES = re.compile(r"\s+|[^\s\u2e80-\uffef]+|[\u2e80-\uffef]")


def width(text: str) -> int:
    """The columns that a text takes on a terminal."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def tame(text: str) -> str:
    """The text without anything that moves a cursor, rings a bell or turns the line around; spaces instead."""
    if text.isprintable():
        return text
    return "".join(" " if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp", "Cs") else char for char in text)


def cut(text: str, most: int) -> str:
    """The text in at most so many columns, with a mark where something is missing."""
    if width(text) <= most:
        return text
    taken, used = [], 0
    for char in text:
        used += _columns(char)
        if used > most - 1:
            break
        taken.append(char)
    return "".join(taken) + CUT if most > 0 else ""


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """The text filled up with spaces to so many columns."""
    spaces = " " * (columns - width(text))
    return spaces + text if right else text + spaces


def wrapped(text: str, columns: int) -> Iterator[str]:
    """The lines of a text in at most so many columns each: broken at spaces, and between Chinese characters."""
    columns = max(columns, 2)  # a Chinese character needs two
    for paragraph in text.expandtabs(4).splitlines() or [""]:
        line = ""
        for found in _PIECES.findall(tame(paragraph)):
            piece = found
            while width(piece) > columns:
                room = columns - width(line)
                head = cut(f"{piece} ", room + 1)[:-1] if room > 0 else ""  # longer, so that it is surely cut
                yield (line + head).rstrip()
                line, piece = "", piece[len(head) :]
            if width(line + piece.rstrip()) > columns:
                yield line.rstrip()
                line = piece.lstrip()
            else:
                line += piece
        yield line.rstrip()
