"""What a desk has without any plugin: the types of its records, and the tables of its processes."""

from types import MappingProxyType

from itsmkit.core.announcing import ANNOUNCING
from itsmkit.core.change import CHANGE
from itsmkit.core.configuration import CONFIGURATION
from itsmkit.core.dispatch import DISPATCH
from itsmkit.core.incident import INCIDENT
from itsmkit.core.model.announcement import ANNOUNCEMENT
from itsmkit.core.model.beat import BEAT
from itsmkit.core.model.cascade import CASCADE
from itsmkit.core.model.catalogue import CATALOGUE_ITEM
from itsmkit.core.model.change import CHANGE_REQUEST
from itsmkit.core.model.commitment import COMMITMENT
from itsmkit.core.model.configuration import CI, CI_NOTICE
from itsmkit.core.model.entry import ENTRY
from itsmkit.core.model.message import RECEIVED
from itsmkit.core.model.notice import ALLOWANCE, NOTICE, ROUTE, SUBSCRIPTION
from itsmkit.core.model.party import CONTRACT, PERSON, ROTA, SERVICE, TEAM, VENDOR
from itsmkit.core.model.referral import REFERRAL
from itsmkit.core.model.remote import REMOTE_SESSION
from itsmkit.core.model.task import TASK
from itsmkit.core.model.ticket import TICKET
from itsmkit.core.model.work_order import WORK_ORDER
from itsmkit.core.numbers import SERIES
from itsmkit.core.policy import POLICY
from itsmkit.core.promising import PROMISING
from itsmkit.core.referral import REFERRALS
from itsmkit.core.registers import REGISTERS
from itsmkit.core.remote import REMOTE
from itsmkit.core.retaining import ROUTINE
from itsmkit.core.task import TASK_FLOW

TYPES = (
    TICKET,
    WORK_ORDER,
    REFERRAL,
    CHANGE_REQUEST,
    TASK,
    REMOTE_SESSION,
    CI_NOTICE,
    CI,
    ANNOUNCEMENT,
    COMMITMENT,
    CASCADE,
    ENTRY,
    RECEIVED,
    NOTICE,
    SUBSCRIPTION,
    ALLOWANCE,
    ROUTE,
    PERSON,
    TEAM,
    SERVICE,
    ROTA,
    VENDOR,
    CONTRACT,
    CATALOGUE_ITEM,
    POLICY,
    SERIES,
    BEAT,
    ROUTINE,
)
_TABLES = (
    *(INCIDENT, DISPATCH, REFERRALS, CHANGE, TASK_FLOW, REMOTE, CONFIGURATION, ANNOUNCING, PROMISING),
    *REGISTERS,
)
SHIPPED = MappingProxyType({one.name: one for one in _TABLES})
"""The processes as they are where no plugin replaces them."""
