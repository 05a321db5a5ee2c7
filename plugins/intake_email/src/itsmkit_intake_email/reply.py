"""Takes the quotation of earlier mail off an answer, in English, Chinese and a few neighbours' languages."""

import re

from attrs import frozen

_LINES = 400
_WIDTH = 200
_LANGUAGES = ("en", "zh", "de", "fr", "es", "it", "ja", "nl", "pl")
# What mail programs in Chinese write above the mail they answer: 在 … 写道：, 发件人：, and QQ mail's 原始邮件.
_CHINESE = re.compile(
    r"^[>\s]*(?:-{2,}\s*(?:原始邮件|转发邮件信息|回复的邮件|原邮件)\s*-{2,}"
    r"|(?:在|于)\s?.{4,120}(?:写道|寫道|写到)\s?[:：]"
    r"|.{2,80}于\s?\d{4}年.{2,60}写道\s?[:：]"
    r"|\*?(?:发件人|寄件者|寄件人)\*?\s?[:：].*)$"
)
_RULE = re.compile(r"^\s*(?:-{2,}|_{5,})\s*$")


@frozen
class Answer:
    """An answer's own words, and the earlier mail it quotes."""

    own: str
    quoted: str = ""


def split_quotation(text: str) -> Answer:
    """The answer's own words before the first header of a quotation, and the rest.

    Where the header comes first (somebody answers below or between the lines) all of it counts as own words. Looks
    at the first 400 lines, 200 characters of each: the patterns of mail-parser-reply are not linear.
    """
    lines = text.split("\n")
    seen = [line[:_WIDTH].rstrip() for line in lines[:_LINES]]
    cut = min(_chinese_cut(seen), _known_cut(seen))
    while cut > 0 and (not seen[cut - 1].strip() or _RULE.match(seen[cut - 1])):
        cut -= 1
    own = "\n".join(lines[:cut]).strip()
    if cut >= len(seen) or not own or all(line.lstrip().startswith(">") for line in own.split("\n") if line.strip()):
        return Answer(text)
    return Answer(own, "\n".join(lines[cut:]).strip())


def _chinese_cut(lines: list[str]) -> int:
    return next((at for at, line in enumerate(lines) if _CHINESE.match(line)), len(lines))


def _known_cut(lines: list[str]) -> int:
    from mailparser_reply.constants import GENERIC_MAIL_SEPARATOR, MAIL_LANGUAGES  # type: ignore[import-untyped]

    known = (MAIL_LANGUAGES[one].get(kind) for one in _LANGUAGES for kind in ("wrote_header", "from_header"))
    headers = "|".join((GENERIC_MAIL_SEPARATOR, *filter(None, known)))
    text = "\n".join(lines)
    found = re.search(headers, text, re.MULTILINE | re.IGNORECASE)
    if found is None:
        return len(lines)
    before = found.end() - len(found[0].lstrip())
    return text.count("\n", 0, before)
