"""Text from outside, made fit to go out in a header, a body or a chat: it may say anything, but steer nothing."""

import re
import unicodedata

# Cc and Cs: controls and half characters; Zl and Zp: line ends that are no "\n"
_STEERING = ("Cc", "Cs", "Zl", "Zp")
_TURNS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BREAKS = re.compile(r"\r\n?|[\u0085\u2028\u2029]")


def one_line(text: str, most: int) -> str:
    """The text as a header value of at most so many characters: controls become spaces, writing turns go.

    "=?" is pulled apart: a title may spell out an encoded word, and its decoded form could hold a line end.
    """
    spaced = "".join(" " if unicodedata.category(one) in _STEERING else one for one in _TURNS.sub("", text[: 4 * most]))
    return " ".join(spaced.split()).replace("=?", "= ?")[:most].strip()


def paragraphs(text: str, most: int) -> str:
    """The text as part of a body: line feeds and tabs stay, other controls become spaces, writing turns go."""
    lines = _BREAKS.sub("\n", _TURNS.sub("", text[:most]))
    return "".join(" " if one not in "\n\t" and unicodedata.category(one) in _STEERING else one for one in lines)
