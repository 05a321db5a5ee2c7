"""Keeps the catalogues of the words on screens: `python tools/messages.py` extracts and compiles, `--check` tells.

Words come from two places: those that the command asks for by themselves, `t("…")`, and the codes, titles and
headings that it looks up: statuses, steps, outcomes, verbs, queues, the keys of rows.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import attrs
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from itsmkit.core.calendar_days import SORTS
from itsmkit.core.model.agreement import KINDS, Fact
from itsmkit.core.model.announcement import AnnouncementStatus
from itsmkit.core.model.change import ChangeStatus, Sort
from itsmkit.core.model.commitment import CommitmentStatus, Promise
from itsmkit.core.model.configuration import About, NoticeStatus
from itsmkit.core.model.entry import EntryKind, EntryStatus
from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.pause import SHIPPED as PAUSES
from itsmkit.core.model.referral import ReferralStatus
from itsmkit.core.model.remote import RemoteStatus
from itsmkit.core.model.task import TaskStatus
from itsmkit.core.model.ticket import Kind, Status
from itsmkit.core.model.unit import Lane
from itsmkit.core.model.work_order import OrderStatus
from itsmkit.core.notice_rules import RULES
from itsmkit.core.policy import Rules
from itsmkit.core.queues import QUEUES
from itsmkit.core.tries import ORDER
from itsmkit.core.verbs import BEGINNINGS, VERBS
from itsmkit.shipped import SHIPPED

SOURCE = Path(__file__).parent.parent / "src" / "itsmkit"
LOCALE = SOURCE / "locale"
KEYS = ("KEYS", "SHOWN", "EVENTS", "FACTS", "STEPS", "BESIDE", "ENTRY_KEYS", "REASSIGNED", "READERS", "LISTS")
FACTS = ("args", "why", "personal")
NO_ROWS = ("init", "root", "show", "verbs")
"""Modules whose dictionaries are no rows."""
STATES = ("waiting", "held", "not_told", "opened", "joined", "unreadable", "duplicate", "kept", "set_aside", "sent",
          "dead", "dropped",
          "ok", "faulty", "degraded", "parked", "disabled", "left out", "new", "changed", "same",
          "answered", "abstained", "raised", "garbage", "slow", "breaker", "first", "collecting", "all",
          "files", "failed", "leased", "erased", "retried", "replayed", "put_back", "retained", "scheduled", "routine",
          "team", "service", "vendor", "contract", "referral",
          "given_back", "not_theirs", "withdrawn", "done", "house", "evidence", "seen_by_others", "followed", "known",
          "response", "resolution", "prio", "person", "notice", "received", "policy", "series", "ticket",
          "impact", "urgency", "record",
          "recovered", "repeated", "reason", "who", "note", "from", "said", "contact", "old", "core",
          "open_now", "closed_now", "outdated", "union", "intersection", "difference", "calendar",
          "notices", "plugin", "store", "desk", "requester", "vendor",
          "starts", "starts_paused", "pauses", "resumes", "stops", "restarts", "goes_on", "goes_on_paused",
          "taken_back", "coming", "running", "met", "missed", "off_hours", "nobody", "is", "line", "agreed",
          "update", "arrival", "acknowledgement", "follow_up",
          "withdrawn", "refused", "deviations", "spoke_with", "result", "was", "change", "task", "work_order",
          "remote_session", "ci_notice", "catalogue_item", "ci", "score", "answers",
          "cancelled", "overtaken", "promise_broken", "change_over",
          "worker", "auditor", "email", "alert", "web", "targets", "automatic", "owners",
          "Tickets of a month", "Tickets of {period}", "Answers of the survey", "Survey of {period}")  # fmt: skip
"""Words that the core says of what happened, and titles of its reports."""
CHECKED = ("file", "folder", "lock file", "free space", "journal mode", "synchronous", "foreign keys", "secure delete",
           "integrity", "tables and indexes", "answers", "clock", "server", "schema", "making tables",
           "rights on tables", "rights", "majority", "layout")  # fmt: skip
"""What the shipped stores look at when they are checked."""
# A catalogue carries dates; a fixed one keeps equal words equal bytes.
DATE = datetime(2026, 1, 1, tzinfo=UTC)


def asked() -> Iterator[str]:
    """The words that the command, and what it passes its language to, ask for one by one."""
    for _, node in (*_nodes("cli"), *_nodes("core")):
        if isinstance(node, ast.Call) and "t" in (getattr(node.func, "id", ""), getattr(node.func, "attr", "")):
            yield from _texts(node.args[:1])


def looked_up() -> Iterator[str]:
    """The codes and titles of the core."""
    reasons = [one.name for one in PAUSES]
    for listed in (Status, OrderStatus, ReferralStatus, TaskStatus, ChangeStatus, RemoteStatus, NoticeStatus,
                   AnnouncementStatus, CommitmentStatus, Promise, Sort, About, ORDER, EntryKind, EntryStatus, Kind,
                   Duty, Lane, Fact, KINDS, reasons, STATES, SORTS, Rules().priorities, Rules().bands):  # fmt: skip
        yield from map(str, listed)
    for step in (one for process in SHIPPED.values() for one in process.steps.values()):
        yield from (step.title, *step.to, *(way.title for way in step.by_kind.values()))
    for verb in (one for verbs in (*VERBS.values(), BEGINNINGS) for one in verbs.values()):
        yield from (verb.name, verb.title)
        yield from (one.metadata["help"] for one in attrs.fields(verb.params))
    yield from (one.title for one in QUEUES.values())
    yield from (f"store: {one}" for one in CHECKED)
    yield from (f"to: {one.to.partition(':')[0]}" for one in RULES)


def written() -> Iterator[str]:
    """The keys of rows and facts in the command, and the codes of events in the core."""
    for module, node in _nodes("cli"):
        if isinstance(node, ast.Dict) and module not in NO_ROWS:
            yield from filter(str.isidentifier, _texts(node.keys))
        elif isinstance(node, ast.Assign) and any(getattr(one, "id", "") in KEYS for one in node.targets):
            yield from _texts(getattr(node.value, "elts", ()))
    for _, node in (*_nodes("core"), *_nodes("core/verbs")):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Draft":
            yield from _texts(node.args[:1])
        yield from _facts(node)


def _facts(node: ast.AST) -> Iterator[str]:
    """The names under which events tell what came of something, and why."""
    named = isinstance(node, ast.keyword) and node.arg in FACTS
    if named or (isinstance(node, ast.Assign) and any(getattr(one, "id", "") in FACTS for one in node.targets)):
        found = (one for one in ast.walk(node.value) if isinstance(one, ast.Dict))
        yield from (text for one in found for text in _texts(one.keys))


def _nodes(folder: str) -> Iterator[tuple[str, ast.AST]]:
    for path in sorted((SOURCE / folder).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            yield path.stem, node


def _texts(nodes: Iterable[ast.expr | None]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            yield node.value


def messages() -> list[str]:
    """Every word once, in order."""
    return sorted({one for source in (asked(), looked_up(), written()) for one in source if one})


def catalogue(language: str) -> Catalog:
    """The language's catalogue with the words there are now."""
    path = LOCALE / language / "LC_MESSAGES" / "itsmkit.po"
    before = read_po(BytesIO(path.read_bytes()), locale=language) if path.exists() else Catalog(locale=language)
    after = Catalog(locale=language, project="itsmkit", fuzzy=False, creation_date=DATE, revision_date=DATE)
    for one in messages():
        found = before.get(one)
        after.add(one, found.string if found else "")
    return after


def files(language: str) -> dict[Path, bytes]:
    """What the files of a language shall hold."""
    folder, made = LOCALE / language / "LC_MESSAGES", catalogue(language)
    text, compiled = BytesIO(), BytesIO()
    write_po(text, made, width=110, omit_header=True)
    write_mo(compiled, made)
    return {folder / "itsmkit.po": text.getvalue(), folder / "itsmkit.mo": compiled.getvalue()}


def main(arguments: list[str]) -> int:
    """Write the catalogues, or check them; 1 where something is missing."""
    check, wrong = "--check" in arguments, []
    for language in ("zh",):
        for path, content in files(language).items():
            if check and (not path.exists() or path.read_bytes() != content):
                wrong.append(f"{path.name} of {language} is not up to date: run `python tools/messages.py`")
            elif not check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        bare = [one.id for one in catalogue(language) if one.id and not one.string]
        wrong += [f"{language}: no translation of {one!r}" for one in bare]
    print("\n".join(wrong) or "the catalogues are complete")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
