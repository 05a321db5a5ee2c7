"""Words and likeness, the same for every store and plugin, Chinese and English alike (KNO-02).

Text is folded (NFKC, case), Latin runs become words, Chinese runs become overlapping pairs of characters.
"""

import re
import unicodedata
from collections.abc import Iterable
from math import sqrt

_RUNS = re.compile(r"[a-z0-9][a-z0-9._-]*[a-z0-9]|[a-z0-9]|[\u3400-\u4dbf\u4e00-\u9fff\u3040-\u30ff\uac00-\ud7af]+")
_WORD = re.compile(r"[^\W_]{2,}")
_COMMON = frozenset(
    (
        "a an and any are as at be been but by can could did do does for from had has have he her him his how i if "
        "in into is it its just me my no not of on or our out please she so some than thank thanks that the their "
        "them then there these they this to up us was we were what when which who will with would you your hello hi "
        "dear regards"
    ).split()
)
TERMS = 200
"""So many distinct terms of one text are indexed; what comes later is too far down to matter for likeness."""


def clean(text: str) -> str:
    """The text as every store can keep it: without NUL and without halves of surrogate pairs."""
    if text.isascii():
        return text.replace("\0", "")
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def terms(text: str, limit: int = TERMS) -> tuple[str, ...]:
    """The distinct search terms of a text, in order of appearance, at most `limit`."""
    found: dict[str, None] = {}
    for run in _runs(text):
        for term in run:
            if term not in _COMMON:
                found[term] = None
        if len(found) >= limit:
            break
    return tuple(found)[:limit]


def _runs(text: str) -> Iterable[Iterable[str]]:
    folded = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).lower()
    for run in _RUNS.findall(folded):
        if run[0] < "\u3040":
            yield (run,) if run.isalnum() else (run, *_WORD.findall(run))
        else:
            yield (run,) if len(run) == 1 else (run[at : at + 2] for at in range(len(run) - 1))


def likeness(one: Iterable[str], other: Iterable[str]) -> float:
    """How alike two sets of terms are: the cosine of their counts, 0 (nothing shared) to 1 (the same)."""
    left, right = set(one), set(other)
    if not left or not right:
        return 0.0
    return len(left & right) / sqrt(len(left) * len(right))
