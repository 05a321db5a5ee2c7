"""What a mail says, and the files in it."""

import re
from html import unescape
from mimetypes import guess_extension

from attrs import evolve, frozen

from itsmkit import Attached
from itsmkit_intake_email.mime import Part
from itsmkit_intake_email.transfer import content
from itsmkit_intake_email.words import clean_text, decoded, safe_name

TEXT_LIMIT = 250_000
HTML_LIMIT = 1_000_000
_LINE_ENDS = re.compile(r"<(?:br|hr|/?(?:p|div|tr|li|table|ul|ol|h[1-6]|blockquote|pre))\b", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_OPENS = re.compile(r"<(/?)(?!(?:br|hr|img|p|li|d[dt]|t[rdh]|option|input|meta|link|o:p)\b)[a-z]", re.IGNORECASE)
NESTED = 3_000
_ENDINGS = {"message/rfc822": ".eml", "message/partial": ".eml", "message/global": ".eml", "text/html": ".html"}


@frozen
class Piece:
    """A leaf as it is read: "text", "html" or "file"."""

    kind: str
    part: Part
    text: str = ""


@frozen
class Body:
    """The text of a mail and its files."""

    text: str
    files: tuple[Attached, ...]


def read_body(message: Part) -> Body:
    """The plain text, else the HTML as text, and every other part as a file: nothing is left out but alternatives.

    Of a text above 250,000 characters the beginning is taken and the whole attached.
    """
    pieces = _pieces(message)
    texts = [piece for piece in pieces if piece.kind == "text" and piece.text]
    pages = [piece for piece in pieces if piece.kind == "html"]
    if not texts and not pages:
        texts = [_text(piece.part) for piece in pieces if _shows(piece.part)][:1]
    shown = texts or pages
    text = "\n\n".join(piece.text if piece.kind == "text" else html_to_text(piece.text) for piece in shown).strip()
    files = [piece.part for piece in pieces if piece.kind == "file" or (piece.kind == "html" and texts)]
    attached = tuple(_attached(part, number) for number, part in enumerate(files, start=1))
    if len(text) > TEXT_LIMIT or any(len(page.text) > HTML_LIMIT for page in pages if page in shown):
        attached += tuple(_attached(piece.part, len(files) + at) for at, piece in enumerate(shown, start=1))
    return Body(text[:TEXT_LIMIT], attached)


def _pieces(part: Part) -> list[Piece]:
    if not part.parts:
        return [_leaf(part)]
    pieces = [piece for one in part.parts for piece in _pieces(one)]
    if part.kind == "multipart/alternative" and any(piece.kind == "text" and piece.text for piece in pieces):
        return [piece for piece in pieces if piece.kind != "html"]
    return pieces


def _leaf(part: Part) -> Piece:
    named = part.file_name or part.disposition == "attachment"
    if part.kind == "text/plain" and not named:
        return _text(part)
    if part.kind == "text/html" and not named:
        return Piece("html", part, decoded(content(part), part.charset))
    return Piece("file", part)


def _shows(part: Part) -> bool:
    return part.kind == "text/plain" and part.disposition == "inline"


def _text(part: Part) -> Piece:
    return Piece("text", part, clean_text(decoded(content(part), part.charset)))


def html_to_text(page: str) -> str:
    """The words of an HTML page with its line breaks; scripts, styles and every tag are gone."""
    import nh3

    broken = _LINE_ENDS.sub(lambda found: "\n" + found[0], page[:HTML_LIMIT])
    if _too_nested(broken):
        bare = _TAG.sub(" ", broken)
    else:
        bare = nh3.clean(broken, tags=set(), clean_content_tags={"script", "style", "title"})
    lines = (" ".join(line.split()) for line in unescape(bare).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", clean_text("\n".join(lines)))


def _too_nested(page: str) -> bool:
    """Whether elements may lie deeper than 3,000: the time to clean them grows with the square of the depth."""
    depth = 0
    for found in _OPENS.finditer(page):
        depth = max(depth - 1, 0) if found[1] else depth + 1
        if depth > NESTED:
            return True
    return False


def _attached(part: Part, number: int) -> Attached:
    name = safe_name(part.file_name)
    ending = _ENDINGS.get(part.kind) or guess_extension(part.kind) or ".bin"
    if part.kind in {"message/rfc822", "message/global"} and not name.lower().endswith(".eml"):
        name = f"{name}.eml" if name else ""
    return Attached(name or f"part-{number}{ending}", part.kind, content(part))


def more_files(body: Body, files: tuple[Attached, ...]) -> Body:
    """The body with further files behind its own."""
    return evolve(body, files=body.files + files)
