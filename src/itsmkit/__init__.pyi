# Written by tools/surface.py from the table in __init__.py.

from itsmkit.core.access import (
    masked as masked,
    masked_history as masked_history,
)
from itsmkit.core.asked import (
    check_query as check_query,
    check_tally as check_tally,
    column as column,
    page_end as page_end,
    page_start as page_start,
    shown as shown,
    stored as stored,
)
from itsmkit.core.calendar import (
    BusinessHours as BusinessHours,
    Calendar as Calendar,
    Combined as Combined,
    Shift as Shift,
    add as add,
    always as always,
    between as between,
    difference as difference,
    intersection as intersection,
    intervals as intervals,
    is_open as is_open,
    next_opening as next_opening,
    subtract as subtract,
    union as union,
)
from itsmkit.core.calendar_table import (
    calendar_from_dict as calendar_from_dict,
    calendars_from_dict as calendars_from_dict,
)
from itsmkit.core.chain_table import (
    level as level,
)
from itsmkit.core.codec import (
    canonical as canonical,
    dump as dump,
    load as load,
    plain as plain,
    value as value,
)
from itsmkit.core.copying import (
    Copied as Copied,
)
from itsmkit.core.deciding import (
    Seen as Seen,
    decide as decide,
    expected as expected,
    holds as holds,
    settled as settled,
    slot as slot,
)
from itsmkit.core.delta import (
    Delta as Delta,
    check_change as check_change,
    delta as delta,
)
from itsmkit.core.erasing import (
    Erased as Erased,
)
from itsmkit.core.errors import (
    BadInput as BadInput,
    BudgetSpent as BudgetSpent,
    CalendarError as CalendarError,
    Degraded as Degraded,
    ItsmError as ItsmError,
    KeyTaken as KeyTaken,
    NewerShape as NewerShape,
    NotAllowed as NotAllowed,
    NotFound as NotFound,
    OutcomeUnknown as OutcomeUnknown,
    PluginError as PluginError,
    QueryError as QueryError,
    Reentrant as Reentrant,
    Refused as Refused,
    SettingsError as SettingsError,
    Stale as Stale,
    StoreError as StoreError,
    StoreOutdated as StoreOutdated,
    UnknownVerb as UnknownVerb,
    WrongStep as WrongStep,
)
from itsmkit.core.inbox import (
    Waiting as Waiting,
)
from itsmkit.core.incident import (
    INCIDENT as INCIDENT,
)
from itsmkit.core.invitation import (
    Invitation as Invitation,
    calendar_file as calendar_file,
    invited as invited,
)
from itsmkit.core.journal import (
    faults as faults,
    read as read,
    seal as seal,
)
from itsmkit.core.labels import (
    heading as heading,
    label as label,
)
from itsmkit.core.ledger import (
    Ledger as Ledger,
    Share as Share,
    ledger as ledger,
)
from itsmkit.core.mailid import (
    message_id as message_id,
    verified_number as verified_number,
)
from itsmkit.core.memory import (
    COMMAND_LIFE as COMMAND_LIFE,
    MemoryStore as MemoryStore,
)
from itsmkit.core.model.agreement import (
    Clock as Clock,
    Fact as Fact,
    Moment as Moment,
    Target as Target,
)
from itsmkit.core.model.catalogue import (
    CATALOGUE_ITEM as CATALOGUE_ITEM,
    CatalogueItem as CatalogueItem,
)
from itsmkit.core.model.configuration import (
    CI as CI,
    ConfigurationItem as ConfigurationItem,
)
from itsmkit.core.model.days_off import (
    DaysOff as DaysOff,
)
from itsmkit.core.model.entry import (
    Entry as Entry,
    EntryKind as EntryKind,
    EntryStatus as EntryStatus,
)
from itsmkit.core.model.escalation import (
    Escalation as Escalation,
    Level as Level,
)
from itsmkit.core.model.event import (
    Draft as Draft,
    Event as Event,
)
from itsmkit.core.model.message import (
    Attached as Attached,
    Message as Message,
    Receipt as Receipt,
    Received as Received,
    Report as Report,
    Source as Source,
)
from itsmkit.core.model.notice import (
    Channel as Channel,
    NOTICE as NOTICE,
    NotDelivered as NotDelivered,
    Notice as Notice,
    NoticeDraft as NoticeDraft,
    Sent as Sent,
    Subscription as Subscription,
)
from itsmkit.core.model.organisation import (
    Assignment as Assignment,
    Duty as Duty,
    Organisation as Organisation,
    Principal as Principal,
)
from itsmkit.core.model.party import (
    Contract as Contract,
    PERSON as PERSON,
    Person as Person,
    ROTA as ROTA,
    Rota as Rota,
    SERVICE as SERVICE,
    Service as Service,
    Site as Site,
    TEAM as TEAM,
    Team as Team,
    Vendor as Vendor,
)
from itsmkit.core.model.pause import (
    PauseReason as PauseReason,
)
from itsmkit.core.model.process import (
    END as END,
    Process as Process,
    Step as Step,
    Way as Way,
)
from itsmkit.core.model.query import (
    Count as Count,
    LIKE_LIMIT as LIKE_LIMIT,
    Op as Op,
    Page as Page,
    Query as Query,
    Scope as Scope,
    Tally as Tally,
    Test as Test,
)
from itsmkit.core.model.record import (
    Blob as Blob,
    Field as Field,
    FieldKind as FieldKind,
    Record as Record,
    RecordType as RecordType,
    Unreadable as Unreadable,
    from_ms as from_ms,
    instant as instant,
    revised as revised,
    to_ms as to_ms,
)
from itsmkit.core.model.referral import (
    REFERRAL as REFERRAL,
    Referral as Referral,
)
from itsmkit.core.model.report import (
    ReportDefinition as ReportDefinition,
    Table as Table,
)
from itsmkit.core.model.ticket import (
    Attachment as Attachment,
    Contact as Contact,
    Kind as Kind,
    Likeness as Likeness,
    Status as Status,
    TICKET as TICKET,
    Ticket as Ticket,
    Wait as Wait,
)
from itsmkit.core.model.unit import (
    Change as Change,
    Conflict as Conflict,
    Done as Done,
    Duplicate as Duplicate,
    Erase as Erase,
    FENCE_STEP as FENCE_STEP,
    Given as Given,
    LAPSES as LAPSES,
    Lane as Lane,
    LaneView as LaneView,
    Late as Late,
    Lease as Lease,
    Outcome as Outcome,
    Ref as Ref,
    Settle as Settle,
    Standing as Standing,
    Todo as Todo,
    Unit as Unit,
)
from itsmkit.core.notice_rules import (
    Notification as Notification,
    NotifyRule as NotifyRule,
    On as On,
    RULES as RULES,
    drafts_by_rules as drafts_by_rules,
)
from itsmkit.core.outbox import (
    Letter as Letter,
)
from itsmkit.core.outgoing import (
    one_line as one_line,
    paragraphs as paragraphs,
)
from itsmkit.core.policy import (
    ClassifyRule as ClassifyRule,
    Retention as Retention,
    Rules as Rules,
)
from itsmkit.core.readers import (
    Reader as Reader,
)
from itsmkit.core.reassigning import (
    Reassigned as Reassigned,
)
from itsmkit.core.roles import (
    Role as Role,
    RoleModel as RoleModel,
    Sees as Sees,
    USER as USER,
    best_team as best_team,
    by_contract as by_contract,
    role as role,
    team_fits as team_fits,
    vendor_role as vendor_role,
)
from itsmkit.core.rota import (
    on_duty as on_duty,
)
from itsmkit.core.store import (
    Finding as Finding,
    Store as Store,
    StoreKeeper as StoreKeeper,
)
from itsmkit.core.text import (
    likeness as likeness,
    terms as terms,
)
from itsmkit.core.verb import (
    Verb as Verb,
)
from itsmkit.core.verify import (
    Breach as Breach,
    Verified as Verified,
    verify as verify,
)
from itsmkit.core.visiting import (
    Hours as Hours,
    Offer as Offer,
    Slot as Slot,
)
from itsmkit.core.world import (
    World as World,
    seeded_world as seeded_world,
    system_world as system_world,
)
from itsmkit.desk import (
    Desk as Desk,
)
from itsmkit.hookspecs import (
    API as API,
    Classification as Classification,
    Look as Look,
    Prioritisation as Prioritisation,
    hookimpl as hookimpl,
    hookspec as hookspec,
)
from itsmkit.keeping import (
    copy_store as copy_store,
    keeper as keeper,
)
from itsmkit.operating import (
    Operator as Operator,
)
from itsmkit.settings import (
    Secret as Secret,
    Settings as Settings,
    load_settings as load_settings,
)

__version__: str
