"""Where verbs fit and whose they are: the words that several of them share."""

from itsmkit.core.model.organisation import Duty
from itsmkit.core.model.ticket import Status

OPEN = tuple(one for one in Status if one is not Status.CLOSED)
WORKABLE = tuple(one for one in OPEN if one is not Status.RESOLVED)
STAFF = frozenset({Duty.RECORD, Duty.HANDLE, Duty.MANAGE})
MANAGERS = frozenset({Duty.MANAGE})
DESK = frozenset({Duty.RECORD})
LINE = frozenset({Duty.HANDLE, Duty.RECORD})
EVERYBODY = STAFF | {Duty.REPORT}
INVESTIGATION = ("IM3.1", "IM3.2", "IM3.3", "IM3.4")
RESOLUTION = ("IM4.1", "IM4.2", "IM4.3", "IM4.4", "IM4.5", "IM4.6")
ACCEPTANCE = ("IM2.12", "IM2.13")
