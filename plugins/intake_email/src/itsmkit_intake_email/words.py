"""Bytes and header values into clean text, whatever charset they claim."""

import binascii
import codecs
import quopri
import re
import unicodedata

_ALIASES = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030"}
# What calls itself Latin-1 uses the places of its control characters as Windows does (WHATWG Encoding).
_WIDER = {"iso8859-1": "cp1252"}
# Codecs of Python that are no charsets of mail: slow on purpose-made input, or meant for source code.
_NO_CHARSETS = frozenset(("idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"))
_MOST = (4, 5)
_ENCODED_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{1,40})?\?([bBqQ])\?([^?]*)\?=")
# Unlabelled GB 2312: bytes above 127 in pairs only, most of them from the rows of the frequent characters.
_PAIRS = re.compile(rb"(?:[\x00-\x7f]++|[\xa1-\xf7][\xa1-\xfe])*+")
_FREQUENT = re.compile(rb"[\xa1-\xa3\xb0-\xd7][\xa1-\xfe]")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_TEXT_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Marks that turn the direction of what follows: they make evil.exe look like exe.live.
_TURNS = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def decoded(data: bytes, charset: str = "") -> str:
    """The text of the bytes: in the charset named, else UTF-8, else the likeliest; never fails.

    Mail labelled gb2312 or gbk is read as gb18030, which holds both and is what is usually sent.
    """
    known = _known(charset)
    for attempt in (known, "utf-8"):
        if attempt:
            try:
                return data.decode(attempt)
            except (UnicodeError, LookupError):
                continue
    if known and known != "ascii":
        return data.decode(known, "replace")
    return data.decode("gb18030" if _chinese(data) else "cp1252", "replace")


def _chinese(data: bytes) -> bool:
    if not _PAIRS.fullmatch(data):
        return False
    high = len(data) - len(data.translate(None, bytes(range(128, 256))))
    return 2 * len(_FREQUENT.findall(data)) * _MOST[1] >= high * _MOST[0]


def _known(charset: str) -> str:
    name = charset.strip().lower()
    name = _ALIASES.get(name, name)
    if not name.isascii() or "\0" in name:
        return ""
    try:
        known = codecs.lookup(name).name
        b"abcd".decode(known, "replace")
    except (LookupError, ValueError):
        return ""
    return "" if known.replace("_", "-") in _NO_CHARSETS else _WIDER.get(known, known)


def header_text(value: str, charset: str = "") -> str:
    """A header value as one clean line: encoded words decoded (RFC 2047), control characters to spaces.

    Neighbouring words of one charset are joined before they are decoded: mailers cut characters in two.
    """
    pieces: list[tuple[str, bytes]] = []
    at = 0
    for match in _ENCODED_WORD.finditer(value):
        between = value[at : match.start()]
        if between.strip() or (between and not pieces) or (pieces and pieces[-1][0] == ""):
            pieces.append(("", _bytes(between)))
        known = match[1].lower()
        data = _word(match[2].lower(), match[3])
        if pieces and pieces[-1][0] == known:
            pieces[-1] = (known, pieces[-1][1] + data)
        else:
            pieces.append((known, data))
        at = match.end()
    pieces.append(("", _bytes(value[at:])))
    return one_line("".join(decoded(data, known or charset) for known, data in pieces if data))


def plain(value: str, charset: str = "") -> str:
    """A raw header value as text, its encoded words left as they are."""
    return decoded(_bytes(value), charset)


def _bytes(value: str) -> bytes:
    try:
        return value.encode("ascii", "surrogateescape")
    except UnicodeError:
        return value.encode("utf-8", "surrogatepass")


def _word(encoding: str, text: str) -> bytes:
    data = _bytes(text)
    if encoding == "q":
        return quopri.decodestring(data, header=True)
    signs = _NOT_BASE64.sub("", text)
    signs = signs[:-1] if len(signs) % 4 == 1 else signs
    return binascii.a2b_base64(signs + "=" * (-len(signs) % 4))


def one_line(text: str) -> str:
    """The text as one printable line: controls and runs of blanks to one space, marks of direction gone."""
    return " ".join(_TURNS.sub("", _SURROGATES.sub("\ufffd", _CONTROLS.sub(" ", text))).split())


def clean_text(text: str) -> str:
    """A body as lines: line ends as newlines, no control characters, no blank lines around."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "")
    return _SURROGATES.sub("\ufffd", _TEXT_CONTROLS.sub("", lines)).strip()


def safe_name(name: str, limit: int = 150) -> str:
    """A file name that leads nowhere: the last of its path, NFC, no controls or hidden marks, at most `limit` bytes.

    "" where nothing is left. What is too long loses its middle, so that the ending still tells what it is.
    """
    last = header_text(name).replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(sign for sign in last if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    shown = unicodedata.normalize("NFC", shown).strip()
    if not shown.strip("."):
        return ""
    if len(shown.encode()) <= limit:
        return shown
    stem, dot, ending = shown.rpartition(".")
    tail = f"{dot}{ending}" if stem and len(ending.encode()) <= limit // 5 else ""
    kept = (stem if tail else shown).encode()[: limit - len(tail.encode())]
    return kept.decode("utf-8", "ignore").rstrip() + tail
