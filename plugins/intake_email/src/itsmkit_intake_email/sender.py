"""Who wrote, as far as a header can tell, and whether it was a machine."""

import re

from attrs import frozen

from itsmkit import Contact
from itsmkit_intake_email.mime import Part
from itsmkit_intake_email.words import header_text, one_line, plain

_ATOM = r"[^\s\x00-\x1f\x7f()<>\[\]:;@\\,.\"]+"
_LOCAL = rf"{_ATOM}(?:\.{_ATOM})*|\"(?:[^\"\\\s\x00-\x1f\x7f]| (?! ))+\""
_DOMAIN = r"[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)*"
_ADDRESS = re.compile(rf"(?P<local>{_LOCAL})@(?P<domain>{_DOMAIN})\.?")
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"")
_COMMENT = re.compile(r"\(([^()]*)\)")
_PHRASE = re.compile(r"[^<>\[\]:;@\\,\"]*")
# What programs without manners write over bounces and absence notes: the beginning of the subject is all they mark.
_SUBJECTS = re.compile(
    r"(?:auto(?:matic)?[ -]?(?:reply|response|antwort)\b|automatische antwort|out of (?:the )?office|自动回复|自動回覆"
    r"|不在办公室|abwesenheit|undeliver(?:able|ed)\b|returned mail:|failure notice$|delivery status notification"
    r"|(?:mail )?delivery (?:has )?(?:fail|warning)|mail could not be delivered|退信|系统退信)",
    re.IGNORECASE,
)
_NAME_LIMIT = 200
_LOCAL_BYTES, _DOMAIN_BYTES = 64, 255
_MACHINES = re.compile(
    r"(?:mailer-?daemon|postmaster|mdaemon|mail-?daemon|mail\.daemon"
    r"|(?:[\w.+-]*[._+-])?(?:no|do-?not|dont)[._-]?reply(?:[._+-][\w.+-]*)?|bounces?(?:[+-][\w.+=-]*)?)",
    re.IGNORECASE,
)
_MASS = frozenset(("bulk", "list", "junk", "auto_reply", "auto-reply"))
_MARKS = frozenset(("x-autoreply", "x-autorespond", "x-loop", "x-failed-recipients", "feedback-id"))


def contact(value: str, charset: str = "") -> Contact:
    """The one mailbox of a From header (RFC 5322 §3.4), strictly read; a name alone where it is anything else.

    Two addresses, an address inside the name, comments within comments, a group: readers disagree on whom such a
    header means (CVE-2023-27043), so no address is taken from it and nobody is identified by it.
    """
    name, address = _mailbox(plain(value, charset).strip())
    if not address:
        return Contact(name=header_text(value, charset)[:_NAME_LIMIT])
    shown = header_text(name, charset)[:_NAME_LIMIT]
    if "@" in shown and shown.strip("'\" ").lower() != address.lower():
        shown = ""
    return Contact(name=shown if shown.lower() != address.lower() else "", mail=address)


def _mailbox(value: str) -> tuple[str, str]:
    if value.endswith(">"):
        phrase, _, inner = value[:-1].rpartition("<")
        name = _display_name(phrase.strip())
        return ("", "") if name is None else (name, _address(inner.strip()))
    name = ""
    if value.endswith(")"):
        value, _, rest = value.partition("(")
        if not (match := _COMMENT.fullmatch(f"({rest}")):
            return "", ""
        name = match[1]
    return name, _address(value.strip())


def _display_name(phrase: str) -> str | None:
    if match := _QUOTED.fullmatch(phrase):
        return re.sub(r"\\(.)", r"\1", match[1])
    outside = _QUOTED.sub("", phrase)
    if not _PHRASE.fullmatch(outside):
        return None
    return phrase.replace('"', "")


def _address(text: str) -> str:
    match = _ADDRESS.fullmatch(text)
    if match is None or one_line(text) != text:
        return ""
    local, domain = match["local"], match["domain"].lower()
    if len(local.encode()) > _LOCAL_BYTES or len(domain.encode()) > _DOMAIN_BYTES:
        return ""
    return f"{local}@{domain}"


@frozen
class OwnLists:
    """Mailing lists that only hand mail on to the desk; being sent through them makes nobody a machine."""

    ids: tuple[str, ...] = ()

    def hold(self, list_id: str) -> bool:
        """Whether that List-Id header names one of them."""
        named = list_id.rpartition("<")[2].rstrip("> ").lower()
        return bool(named) and named in {one.lower() for one in self.ids}


def automatic(message: Part, own: OwnLists) -> bool:
    """Whether a machine wrote it, so that no answer may go back (RFC 3834, RFC 3464, and what is customary)."""
    head = message.head
    said = head.get("auto-submitted").partition(";")[0].partition("(")[0].strip().lower()
    if said not in {"", "no"} or message.kind in {"multipart/report", "message/delivery-status"}:
        return True
    if any(value.replace(" ", "") == "<>" for value in (*head.all("return-path"), *head.all("from"))):
        return True
    names = head.names
    if not _MARKS.isdisjoint(names) or any(name.startswith(("x-auto", "auto-")) for name in names - {"auto-submitted"}):
        return True
    if not own.hold(head.get("list-id")) and (
        head.get("precedence").strip().lower() in _MASS or any(name.startswith("list-") for name in names)
    ):
        return True
    if _SUBJECTS.match(header_text(head.get("subject"), message.charset)):
        return True
    return any(_machine(head.get(name)) for name in ("from", "sender", "reply-to"))


def _machine(value: str) -> bool:
    return any(_MACHINES.fullmatch(word.partition("@")[0]) for word in re.split(r"[\s<>()\"',;:]+", value) if word)
