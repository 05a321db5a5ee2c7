"""Undoes transfer encodings (RFC 2045 §6, and uuencode), forgiving what mailers get wrong."""

import binascii
import quopri
import re

from itsmkit_intake_email.mime import Part

UU_LINES = 600_000
_UU_LINE = 61


def content(part: Part) -> bytes:
    """The bytes of a leaf, its transfer encoding undone as far as it can be."""
    coding = part.head.get("content-transfer-encoding").strip(" \t;\"'").lower()
    if coding.startswith("base64"):
        return _base64(part.body)
    if coding.startswith("quoted-printable"):
        return quopri.decodestring(part.body)
    if coding in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        return _uuencoded(part.body)
    return part.body


def _base64(body: bytes) -> bytes:
    """What can be decoded: signs that don't belong are left out, and a last one that is too many."""
    signs = re.sub(rb"[^A-Za-z0-9+/=]", b"", body)
    for attempt in (signs, signs + b"=", signs + b"==", signs.rstrip(b"=")[:-1]):
        try:
            return binascii.a2b_base64(attempt)
        except binascii.Error:
            continue
    return b""


def _uuencoded(body: bytes) -> bytes:
    lines = body.splitlines()
    begin = next((at for at, line in enumerate(lines) if line.startswith(b"begin ")), None)
    if begin is None or len(lines) > UU_LINES:
        return body
    found: list[bytes] = []
    for line in lines[begin + 1 :]:
        if line.strip() in {b"end", b"`"}:
            break
        found.append(_uu_line(line[: _UU_LINE + 1]))
    return b"".join(found)


def _uu_line(line: bytes) -> bytes:
    if not line:
        return b""
    wanted = (((line[0] - 32) & 63) * 4 + 5) // 3
    for attempt in (line, line[:wanted].ljust(wanted)):
        try:
            return binascii.a2b_uu(attempt)
        except binascii.Error:
            continue
    return b""
