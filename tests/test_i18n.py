import subprocess
import sys
from pathlib import Path

from itsmkit.core.model.referral import ReferralStatus
from itsmkit.core.model.ticket import Kind, Status
from itsmkit.core.model.work_order import OrderStatus
from itsmkit.core.queues import QUEUES
from itsmkit.core.verbs import VERBS
from itsmkit.i18n import label, translator
from itsmkit.opening import SHIPPED

TOOL = Path(__file__).parent.parent / "tools" / "messages.py"


def test_the_catalogues_are_complete_and_compiled() -> None:
    told = subprocess.run([sys.executable, str(TOOL), "--check"], capture_output=True, text=True, check=False)  # noqa: S603
    assert (told.returncode, told.stdout) == (0, "the catalogues are complete\n"), told.stdout + told.stderr


def test_whatever_a_person_reads_is_there_in_chinese() -> None:
    t = translator("zh")
    steps = (step for process in SHIPPED.values() for step in process.steps.values())
    every = (verb for verbs in VERBS.values() for verb in verbs.values())
    words = [*Status, *OrderStatus, *ReferralStatus, *Kind, *(one.title for one in (*steps, *every, *QUEUES.values()))]
    assert [one for one in words if t(one).isascii()] == []


def test_an_unknown_language_or_word_stays_as_it_is() -> None:
    assert label(translator("xx"), "in_progress") == "in progress"
    assert label(translator("zh"), "a_word_of_the_site") == "a word of the site"
    assert label(translator("zh"), "") == ""
