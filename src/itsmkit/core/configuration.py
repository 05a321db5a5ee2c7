"""Configuration items: the notice to whoever keeps their data, and what deviates from the standard (INC-05, INC-28)."""

import re
from collections.abc import Iterable, Iterator
from types import MappingProxyType

from itsmkit.core.model.configuration import NoticeStatus as Status
from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.process import END, Process, Step

_STEPS = (
    Step("CN1", "Take it over into the configuration data", Duty.CONFIGURE, {"taken": END, "rejected": END},
         Status.OPEN, writes=("result",), source="INC-05 INC-43"),
)  # fmt: skip

CONFIGURATION = Process(
    "configuration",
    "Notice to the configuration manager",
    "CN1",
    MappingProxyType({step.id: step for step in _STEPS}),
    type="ci_notice",
    ended=Status.CLOSED,
)
"""The table as shipped; `itsmkit process show configuration` prints it."""

_SETTING = re.compile(r"\s*([^=:]+?)\s*[=:]\s*(.*?)\s*")


def settings(lines: Iterable[str]) -> dict[str, str]:
    """The settings that lines such as "os = Windows 11" name, by their folded names; other lines say nothing."""
    found = (_SETTING.fullmatch(line) for line in lines)
    return {one[1].casefold(): one[2] for one in found if one}


def deviations(standard: Iterable[str], found: str) -> Iterator[tuple[str, str, str]]:
    """Name, standard and what was found, of each setting that was found otherwise than the standard has it."""
    have = settings(re.split(r"[\n;,]", found))
    for name, value in settings(standard).items():
        if name in have and have[name].casefold() != value.casefold():
            yield name, value, have[name]
