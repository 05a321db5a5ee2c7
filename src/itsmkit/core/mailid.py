"""Identities of mail: the key by which a message is known again, and Message-IDs that nobody can make up."""

import hashlib
import hmac
import re

from itsmkit.core.errors import BadInput

_HEADERS_WITHIN = 65_536
_MBOX = re.compile(rb">?From (?![ \t]*:)")
_FIELD = re.compile(rb"([A-Za-z][A-Za-z0-9-]*)[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*")
_ORIGIN = frozenset((b"date", b"message-id", b"received"))
_LABEL = re.compile(r"[A-Za-z0-9-]+")
_MAC_DIGITS = 32

# What stations on the way, the last mailbox and mbox files write on a message. DKIM-Signature is among them: it is put
# on (and put on again) by stations, and all that it vouches for is in the key anyway.
_TRACE = frozenset(
    name.encode()
    for name in (
        "authentication-results content-length delivered-to dkim-signature domainkey-signature envelope-to lines "
        "original-authentication-results received received-spf return-path status x-apparently-to x-delivered-to "
        "x-envelope-from x-envelope-to x-gm-message-state x-gm-thrid x-google-dkim-signature x-google-smtp-source "
        "x-keywords x-original-to x-received x-status x-uid x-uidl x-virus-scanned x-virus-status"
    ).split()
)
_TRACE_FAMILIES = (b"arc-", b"x-mozilla-", b"x-spam-")


def content_key(raw: bytes) -> str:
    """The sha256 (64 hex digits) by which a message is known again, whatever way and however often it came.

    Of an Internet message (a From, and one of Date, Message-ID and Received) trace headers, an mbox "From " line and
    blank lines at the end don't count. Anything else is taken as it is, byte for byte, and so are bodies: to take two
    messages for one would lose the second. Linear in the size; takes any bytes.
    """
    start = raw.find(b"\n") + 1 if _MBOX.match(raw) else 0
    ends = [end for mark in (b"\n\n", b"\n\r\n") if (end := raw.find(mark, start, start + _HEADERS_WITHIN)) >= 0]
    kept = _without_trace(raw[start : min(ends) + 1]) if ends else None
    if kept is None:
        return hashlib.sha256(raw).hexdigest()
    digest = hashlib.sha256(kept)
    digest.update(raw[min(ends) :].rstrip(b"\r\n"))
    return digest.hexdigest()


def _without_trace(headers: bytes) -> bytes | None:
    kept: list[bytes] = []
    names: set[bytes] = set()
    at = 0
    while field := _FIELD.match(headers, at):
        at = field.end()
        name = field[1].lower()
        names.add(name)
        if name not in _TRACE and not name.startswith(_TRACE_FAMILIES):
            kept.append(field[0])
    if at < len(headers) or b"from" not in names or names.isdisjoint(_ORIGIN):
        return None
    return b"".join(kept)


def message_id(number: str, notice_id: str, secret: bytes, domain: str) -> str:
    """The Message-ID of a notice about a ticket: "<T26-000123.NOTICE.MAC@domain>".

    The 128-bit code can't be made up without the secret, so an answer that names the id was sent to someone who
    got the notice (CVE-2026-47123 shows what follows without). An empty secret or odd names are refused: BadInput.
    """
    if not secret:
        raise BadInput("Message-IDs need a secret; set one for the site")
    if not (_LABEL.fullmatch(number) and _LABEL.fullmatch(notice_id) and domain and domain.isprintable()):
        raise BadInput(f"no Message-ID can be made of {number!r}, {notice_id!r} and {domain!r}")
    return f"<{number}.{notice_id}.{_mac(number, notice_id, secret, domain)}@{domain}>"


def verified_number(message_id: str, secret: bytes, domain: str) -> str | None:
    """The number of the ticket that a Message-ID of ours belongs to; None where it isn't ours.

    Compares in constant time. Domains are compared without case, as mail systems may change it.
    """
    local, _, host = message_id.strip().removeprefix("<").removesuffix(">").rpartition("@")
    labels = local.split(".")
    if not secret or host.lower() != domain.lower() or len(labels) != len(("number", "notice", "mac")):
        return None
    number, notice_id, mac = labels
    if not (_LABEL.fullmatch(number) and _LABEL.fullmatch(notice_id) and mac.isascii()):
        return None
    return number if hmac.compare_digest(mac.lower(), _mac(number, notice_id, secret, domain)) else None


def _mac(number: str, notice_id: str, secret: bytes, domain: str) -> str:
    said = f"{number}.{notice_id}@{domain.lower()}".encode()
    return hmac.new(secret, said, hashlib.sha256).hexdigest()[:_MAC_DIGITS]


def loop_mark(hops: int, notice_id: str, secret: bytes) -> str:
    """What a mail of ours carries so that we know it when it comes back rewritten: "HOPS.NOTICE.MAC"."""
    return f"{hops}.{notice_id}.{_loop_mac(hops, notice_id, secret)}"


def verified_hops(mark: str, secret: bytes) -> int | None:
    """How many hops a mark of ours tells of, in constant time; None where it isn't ours or was changed."""
    hops, _, rest = mark.strip().partition(".")
    notice_id, _, mac = rest.partition(".")
    if not secret or not (hops.isascii() and hops.isdecimal() and len(hops) < 4 and _LABEL.fullmatch(notice_id)):  # noqa: PLR2004 - digits of a counter that ends at 5
        return None
    if not mac.isascii() or not hmac.compare_digest(mac, _loop_mac(int(hops), notice_id, secret)):
        return None
    return int(hops)


def _loop_mac(hops: int, notice_id: str, secret: bytes) -> str:
    return hmac.new(secret, f"hops {hops}.{notice_id}".encode(), hashlib.sha256).hexdigest()[:_MAC_DIGITS]
