import subprocess
import sys
from pathlib import Path

from itsmkit.core.model.announcement import AnnouncementStatus
from itsmkit.core.model.change import ChangeStatus, Sort
from itsmkit.core.model.commitment import CommitmentStatus, Promise
from itsmkit.core.model.configuration import About, NoticeStatus
from itsmkit.core.model.entry import EntryKind, EntryStatus
from itsmkit.core.model.process import Step
from itsmkit.core.model.referral import ReferralStatus
from itsmkit.core.model.remote import RemoteStatus
from itsmkit.core.model.task import TaskStatus
from itsmkit.core.model.ticket import Kind, Status
from itsmkit.core.model.work_order import OrderStatus
from itsmkit.core.queues import QUEUES
from itsmkit.core.verbs import BEGINNINGS, VERBS
from itsmkit.i18n import label, translator
from itsmkit.shipped import SHIPPED

TOOL = Path(__file__).parent.parent / "tools" / "messages.py"


def test_the_catalogues_are_complete_and_compiled() -> None:
    told = subprocess.run([sys.executable, str(TOOL), "--check"], capture_output=True, text=True, check=False)  # noqa: S603
    assert (told.returncode, told.stdout) == (0, "the catalogues are complete\n"), told.stdout + told.stderr


def test_whatever_a_person_reads_is_there_in_chinese() -> None:
    t = translator("zh")
    every = (verb for verbs in (*VERBS.values(), BEGINNINGS) for verb in verbs.values())
    ways = (way for step in _steps() for way in step.by_kind.values())
    words = [
        *Status,
        *OrderStatus,
        *ReferralStatus,
        *TaskStatus,
        *ChangeStatus,
        *RemoteStatus,
        *NoticeStatus,
        *AnnouncementStatus,
        *CommitmentStatus,
        *Promise,
        *Sort,
        *About,
        *EntryKind,
        *EntryStatus,
        *Kind,
        *(one.title for one in ways),
        *(one.title for one in (*_steps(), *every, *QUEUES.values())),
    ]
    assert [one for one in words if t(one).isascii()] == []


def _steps() -> list[Step]:
    return [step for process in SHIPPED.values() for step in process.steps.values()]


def test_an_unknown_language_or_word_stays_as_it_is() -> None:
    assert label(translator("xx"), "in_progress") == "in progress"
    assert label(translator("zh"), "a_word_of_the_site") == "a word of the site"
    assert label(translator("zh"), "") == ""
