"""Mail addresses by a grammar narrower than RFC 5322: one mailbox, ASCII, no comments, quotes or routes.

Parsers that accept more disagree on which address a hostile string means; this one declines to guess.
"""

import re

from attrs import frozen

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?P<local>{_ATOM}(?:\.{_ATOM})*)@(?P<domain>{_LABEL}(?:\.{_LABEL})*)")
_NAMED = re.compile(r"(?P<name>[^<>\"\\\x00-\x1f\x7f]*?)\s*<(?P<address>[^<>\s]+)>")
MOST_LOCAL, MOST_DOMAIN = 64, 253
"""Lengths of the two halves, RFC 5321 §4.5.3.1."""


@frozen
class Mailbox:
    """An address and the name shown with it, "" for none."""

    local: str
    domain: str
    name: str = ""

    @property
    def address(self) -> str:
        """The address alone: local@domain."""
        return f"{self.local}@{self.domain}"


def mailbox(text: str) -> Mailbox | None:
    """The one mailbox that `Name <local@domain>` or `local@domain` spells, or None."""
    named = _NAMED.fullmatch(text)
    bare = named["address"] if named else text
    found = _ADDRESS.fullmatch(bare)
    if found is None or len(found["local"]) > MOST_LOCAL or len(found["domain"]) > MOST_DOMAIN:
        return None
    return Mailbox(found["local"], found["domain"], named["name"].strip() if named else "")
