"""Takes a message apart: headers and parts, within limits that are held while scanning the bytes.

The parser of the standard library recurses with the nesting and parses addresses nobody asked for, so a mail of 2 KB
can stop it. Here bytes are searched for boundaries; the standard library reads the parameters of single headers.
"""

import re
from collections.abc import Iterator
from email.message import Message as Fields
from email.policy import EmailPolicy
from itertools import count
from typing import NamedTuple

from attrs import frozen

from itsmkit import ItsmError

SIZE = 25 * 2**20
HEADERS = 500
HEADER_BLOCK = 64 * 2**10
HEADER = 8 * 2**10
DEPTH = 20
PARTS = 200
PARAMETERS = 4 * 2**10
LIKE_BOUNDARIES = 20_000

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_BARE = EmailPolicy(header_factory=lambda _name, value: value)


class _Spent(NamedTuple):
    """Counters over a whole message, asked for the next number at each use."""

    parts: Iterator[int]
    boundaries: Iterator[int]


class NotReadable(ItsmError):
    """The mail is beyond the limits or damaged beyond reading; the raw message is kept."""


@frozen
class Head:
    """The headers of a message or part, in order: lower-case names and raw values, bytes above 127 as surrogates."""

    fields: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str:
        """The first value of that name, "" if there is none."""
        return next((value for one, value in self.fields if one == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """All values of that name."""
        return tuple(value for one, value in self.fields if one == name)

    @property
    def names(self) -> frozenset[str]:
        """The names that occur."""
        return frozenset(name for name, _ in self.fields)


@frozen
class Part:
    """A message or a part of one: either `parts`, or the encoded bytes of a leaf in `body`."""

    head: Head
    kind: str
    charset: str
    disposition: str
    file_name: str
    body: bytes
    parts: tuple["Part", ...] = ()


def read_head(raw: bytes, start: int = 0, end: int | None = None) -> tuple[Head, int]:
    """The headers that begin at `start`, and where the body begins.

    A line that can be no header ends them, as if an empty line stood before it. NotReadable beyond the limits.
    """
    end = len(raw) if end is None else end
    at, fields = start, list[list[bytes]]()
    while at < end:
        stop = raw.find(b"\n", at, min(end, at + HEADER + 1))
        after = stop + 1 if stop >= 0 else min(end, at + HEADER + 1)
        line = raw[at:after].rstrip(b"\r\n")
        if not line:
            return _head(fields), after
        if line[:1] in b" \t" and fields:
            fields[-1].append(line)
        elif _FIELD.match(line):
            fields.append([line])
        else:
            break
        if after - at > HEADER:
            raise NotReadable(f"a header line is longer than {HEADER} bytes")
        at = after
        if len(fields) > HEADERS or at - start > HEADER_BLOCK:
            raise NotReadable(f"more than {HEADERS} headers or {HEADER_BLOCK} bytes of them")
    return _head(fields), at


def _head(fields: list[list[bytes]]) -> Head:
    read: list[tuple[str, str]] = []
    for lines in fields:
        name, _, value = b"".join(lines).partition(b":")
        if len(value) > HEADER:
            raise NotReadable(f"the header {name.decode('ascii')} is longer than {HEADER} bytes")
        read.append((name.decode("ascii").strip().lower(), value.decode("ascii", "surrogateescape").strip()))
    return Head(tuple(read))


def take_apart(raw: bytes) -> Part:
    """The message with all its parts; enclosed messages stay whole. NotReadable beyond the limits."""
    if len(raw) > SIZE:
        raise NotReadable(f"the message is larger than {SIZE} bytes")
    return _part(raw, 0, len(raw), usual="text/plain", depth=0, spent=_Spent(count(), count(1)))


def _part(raw: bytes, start: int, end: int, *, usual: str, depth: int, spent: _Spent) -> Part:
    if depth > DEPTH or next(spent.parts) > PARTS:
        raise NotReadable(f"parts nested deeper than {DEPTH} or more than {PARTS} of them")
    head, body = read_head(raw, start, end)
    fields = _fields(head)
    fields.set_default_type(usual)
    kind = fields.get_content_type()
    parts: tuple[Part, ...] = ()
    if kind.startswith("multipart/"):
        within = "message/rfc822" if kind == "multipart/digest" else "text/plain"
        parts = tuple(
            _part(raw, one, other, usual=within, depth=depth + 1, spent=spent)
            for one, other in _slices(raw, body, end, fields, spent)
        )
        kind = kind if parts else "text/plain"
    return Part(
        head,
        kind,
        charset=_param(fields, "charset"),
        disposition=fields.get_content_disposition() or "",
        file_name=_file_name(fields),
        body=b"" if parts else raw[body:end],
        parts=parts,
    )


def _fields(head: Head) -> Fields:
    fields = Fields(policy=_BARE)
    for name in ("content-type", "content-disposition"):
        if value := head.get(name):
            fields.set_raw(name, value[:PARAMETERS])
    return fields


def _param(fields: Fields, name: str) -> str:
    try:
        value = fields.get_param(name, "")
    except (ValueError, LookupError, TypeError):
        return ""
    return (value[2] if isinstance(value, tuple) else str(value)).strip().strip("\"'")


def _file_name(fields: Fields) -> str:
    try:
        return fields.get_filename("") or ""
    except (ValueError, LookupError, TypeError):
        return ""


def _slices(raw: bytes, start: int, end: int, fields: Fields, spent: _Spent) -> Iterator[tuple[int, int]]:
    """Where the parts of a multipart lie: between lines that are its boundary and nothing more (RFC 2046 §5.1)."""
    try:
        boundary = (fields.get_boundary("") or "").encode("ascii", "surrogateescape")
    except (ValueError, LookupError, TypeError):
        return
    if not boundary:
        return
    opened = -1
    for at, after, last in _delimiters(raw, start, end, b"--" + boundary, spent):
        if opened >= 0:
            yield opened, _without_line_end(raw, opened, at)
        opened = -1 if last else after
        if last:
            return
    if opened >= 0:
        yield opened, end


def _delimiters(raw: bytes, start: int, end: int, mark: bytes, spent: _Spent) -> Iterator[tuple[int, int, bool]]:
    at = raw.find(mark, start, end)
    while at >= 0:
        if next(spent.boundaries) > LIKE_BOUNDARIES:
            raise NotReadable(f"more than {LIKE_BOUNDARIES} lines look like boundaries")
        stop = raw.find(b"\n", at, end)
        after = end if stop < 0 else stop + 1
        if at == start or raw[at - 1] in b"\r\n":
            rest = raw[at + len(mark) : min(after, at + len(mark) + HEADER)].rstrip(b" \t\r\n")
            if rest in {b"", b"--"}:
                yield at, after, bool(rest)
        at = raw.find(mark, after, end)


def _without_line_end(raw: bytes, start: int, end: int) -> int:
    for mark in (b"\n", b"\r"):
        if end > start and raw[end - 1 : end] == mark:
            end -= 1
    return end
