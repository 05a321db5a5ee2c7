"""Files that hold mail in mbox form: a "From " line before each message."""

import re

from itsmkit_intake_email.mime import PARTS

_FROM_LINE = re.compile(rb"(?:>?From (?![ \t]*:)[^\n]{0,500}\n)+")
_NEXT = re.compile(
    rb"\n\r?\nFrom \S{1,300} [^\n]{0,60}\d\d:\d\d[^\n]{0,60}\d{4}[^\n]{0,20}\n(?=[!-9;-~]{1,100}[ \t]*:)"
)


def messages(raw: bytes) -> tuple[bytes, ...]:
    """The messages of an mbox file, without their "From " lines; of anything else, the thing itself.

    Inside a file that begins as mbox, a "From " line counts where a blank line stands before it, a time and a year
    within it and a header behind it. What comes after the first 200 stays with the last.
    """
    first = _FROM_LINE.match(raw)
    if first is None:
        return (raw,)
    found, at = list[bytes](), first.end()
    for mark in _NEXT.finditer(raw, at):
        if len(found) == PARTS - 1:
            break
        found.append(raw[at : mark.start() + 1])
        at = mark.end()
    return (*found, raw[at:])
