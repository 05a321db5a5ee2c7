"""Guesses whether a text is English or Chinese."""

import re

_HAN = re.compile("[\u3400-\u9fff]")
_OTHER_EAST = re.compile("[\u3040-\u30ff\uac00-\ud7af]")
_WORD = re.compile(r"[a-z]+")
_ENGLISH = frozenset(
    "a and are at but can cannot could for from have i in is it my no not of on our please the this to was we when "
    "with you your".split()
)
_SAMPLE = 4_000
_SHARE = 0.08


def guess_language(text: str) -> str:
    """The language of a text: "zh", "en", or "" where it is neither or too little to tell."""
    sample = text[:_SAMPLE].lower()
    han = len(_HAN.findall(sample))
    letters = sum(sign.isalpha() for sign in sample)
    if han * 4 > letters:
        return "" if _OTHER_EAST.search(sample) else "zh"
    words = _WORD.findall(sample)
    known = sum(word in _ENGLISH for word in words)
    return "en" if known and known >= _SHARE * len(words) and han * 10 < letters else ""
