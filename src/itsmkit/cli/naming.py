"""How clocks, parties, reasons and lengths of time are called on screens."""

from itsmkit.cli.session import Session
from itsmkit.i18n import label

MINUTE = 60


def length(seconds: int) -> str:
    """Seconds as people read them, h:mm, with the seconds where there are any."""
    whole, rest = divmod(abs(seconds), MINUTE)
    return f"{'-' if seconds < 0 else ''}{whole // 60}:{whole % 60:02d}{f':{rest:02d}' if rest else ''}"


def clock_name(session: Session, kind: str, name: str, party: str = "") -> str:
    """A clock by whose promise it is, what for, and the party that it holds for."""
    whose = {"sla": "", "ola": "OLA "}.get(kind, f"{label(session.t, kind)} ")
    return f"{whose}{label(session.t, name)}{f' {party}' if party else ''}"


def party_name(session: Session, party: str) -> str:
    """Whose time it was."""
    sort, _, name = party.partition(":")
    if sort == "line" and name:
        return session.t("line {n}").replace("{n}", name)
    return "IS" if sort == "is" else f"{label(session.t, sort)} {name}".strip()


def recipient_name(session: Session, to: str) -> str:
    """Whom a rule of notification tells, as it names them."""
    sort, *name = to.split(":", 1)
    return ":".join((session.t(f"to: {sort}").removeprefix("to: "), *name))


def reason_name(session: Session, reason: str) -> str:
    """A reason to wait in the reader's language: the site's own words, else those shipped."""
    known = session.settings.rules.reasons.get(reason)
    language = session.language or session.settings.site.language
    own = (known.zh if language == "zh" else known.en) if known else ""
    return own or label(session.t, reason)
