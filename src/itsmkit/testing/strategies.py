"""Hypothesis strategies for what a desk meets: texts of all sorts, records, questions, scopes."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from itsmkit.core.model.event import Draft
from itsmkit.core.model.query import Op, Query, Scope, Tally, Test
from itsmkit.core.model.record import Field, FieldKind, Record, RecordType
from itsmkit.core.model.ticket import Contact, Kind, Status, Ticket
from itsmkit.testing.builders import AT, ticket
from itsmkit.testing.sample_type import Sample, sample

SPECIAL = (
    "", " ", "a", "A", "网络中断", "打印机无法打印，请尽快处理", "😀",
    "👩\u200d👩\u200d👧", "$ne", '{"$gt": ""}', "' OR 1=1 --", "%", "_", "\\", '"',
    "null", "<script>", "line\r\nline", "\u2028", "\u202e", "\ufeff", "é", "e\u0301", "ﬁ", "İ", "\U0010ffff", "0", "-1",
)  # fmt: skip
"""Texts that have broken something somewhere."""

LONG = ("long " * 4000, "长" * 10_000)

PLAIN = st.characters(codec="utf-8", exclude_characters="\x00")


def words(max_size: int = 20) -> st.SearchStrategy[str]:
    """Texts for queried fields and keys: anything but NUL, which not every database keeps in a column."""
    return st.one_of(st.sampled_from(SPECIAL), st.text(PLAIN, max_size=max_size))


def texts(max_size: int = 200) -> st.SearchStrategy[str]:
    """Texts for bodies: anything a person or a machine may send, NUL and very long ones included."""
    anything = st.text(st.characters(codec="utf-8"), max_size=max_size)
    return st.one_of(st.sampled_from(SPECIAL), st.sampled_from(LONG), anything)


def moments(
    least: datetime = datetime(1970, 1, 1, tzinfo=UTC), most: datetime = datetime(2999, 12, 31, tzinfo=UTC)
) -> st.SearchStrategy[datetime]:
    """Moments as the model keeps them: aware, UTC, whole milliseconds."""
    span = (most - least) // timedelta(milliseconds=1)
    return st.integers(0, span).map(lambda ms: least + timedelta(milliseconds=ms))


def whole_numbers() -> st.SearchStrategy[int]:
    """Whole numbers of 64 bits, small ones more often."""
    return st.one_of(st.integers(-3, 3), st.integers(-(2**63), 2**63 - 1))


def reaches(keys: Sequence[str] = ("team:net", "team:db", "person:17")) -> st.SearchStrategy[tuple[str, ...]]:
    """Reaches made of those keys, the empty one included."""
    return st.lists(st.sampled_from(keys), unique=True).map(tuple)


def scopes(keys: Sequence[str] = ("team:net", "team:db", "person:17")) -> st.SearchStrategy[Scope]:
    """Everything, or some of those keys, with any of the audiences beside "public"."""
    audiences = st.frozensets(st.sampled_from(("internal", "vendor", "personal"))).map(lambda some: some | {"public"})
    some = st.builds(Scope, st.frozensets(st.sampled_from(keys)), audiences, st.sampled_from((False, False, True)))
    return st.one_of(st.just(Scope.system("strategy")), some)


def drafts() -> st.SearchStrategy[Draft]:
    """Events to be, for any audience, with and without a personal part."""
    plain = st.dictionaries(
        st.sampled_from(("rule", "score", "列")), st.one_of(st.integers(), texts(20), st.none()), max_size=2
    )
    return st.builds(
        Draft,
        code=st.sampled_from(("opened", "noted", "closed")),
        by=st.sampled_from(("core", "person:17", "plugin:rules")),
        step=st.sampled_from(("", "IM2.1")),
        args=plain,
        why=plain,
        personal=plain,
        audience=st.sampled_from(("public", "internal", "team:net")),
    )


def samples(serials: st.SearchStrategy[int] | None = None) -> st.SearchStrategy[Sample]:
    """Samples with any fields set, without keys; repeated values are likely."""
    return st.builds(
        sample,
        serials or st.integers(0, 2**64),
        word=st.none() | words(),
        number=st.none() | whole_numbers(),
        at=st.none() | st.sampled_from((AT, AT + timedelta(milliseconds=1))) | moments(),
        flag=st.none() | st.booleans(),
        group=st.sampled_from(("", "a", "b", "组")),
        text=texts(40),
        remark=words(),
        reach=reaches(),
    )


def tickets(serials: st.SearchStrategy[int] | None = None) -> st.SearchStrategy[Ticket]:
    """Tickets with any texts and levels."""
    level = st.integers(0, 5)
    return st.builds(
        ticket,
        serials or st.integers(0, 2**64),
        opened=moments(),
        title=texts(40),
        text=texts(),
        contact=st.builds(Contact, words(), words(), words()),
        status=st.sampled_from(Status),
        kind=st.sampled_from(("", *Kind)),
        category=words(),
        service=words(),
        team=words(),
        solution=texts(),
        impact=level,
        urgency=level,
        priority=level,
        resolved=st.none() | moments(),
        satisfied=st.none() | st.booleans(),
        reach=reaches(),
    )


def _values(kind: FieldKind, near: Sequence[Any]) -> st.SearchStrategy[Any]:
    anything: dict[FieldKind, st.SearchStrategy[Any]] = {
        FieldKind.TEXT: words(),
        FieldKind.INT: whole_numbers(),
        FieldKind.TIME: moments(),
        FieldKind.BOOL: st.booleans(),
    }
    return st.one_of(st.sampled_from(near), anything[kind]) if near else anything[kind]


@st.composite
def tests(draw: st.DrawFn, type_: RecordType, near: Sequence[Record] = ()) -> Test:  # noqa: PT028 - not a test
    """A comparison that the type allows; values are often those of the records `near`."""
    field = draw(st.sampled_from((Field("id"), *type_.fields)))
    held = [value for one in near if (value := getattr(one, field.name)) is not None]
    op = draw(st.sampled_from(Op))
    value = _values(field.kind, held)
    if op is Op.ANY_OF:
        return Test(field.name, op, tuple(draw(st.lists(value, max_size=3))))
    return Test(field.name, op, None if op in (Op.SET, Op.UNSET) else draw(value))


@st.composite
def queries(draw: st.DrawFn, type_: RecordType, near: Sequence[Record] = ()) -> Query:
    """A query that the type allows, without `like`."""
    where = tuple(draw(st.lists(tests(type_, near), max_size=2)))
    order = draw(st.sampled_from(("id", *(field.name for field in type_.fields))))
    return Query(type_.name, where, order=order, descending=draw(st.booleans()))


@st.composite
def tallies(draw: st.DrawFn, type_: RecordType, near: Sequence[Record] = ()) -> Tally:
    """A tally that the type allows; sums stay within 64 bits as long as the numbers are small."""
    by = draw(st.lists(st.sampled_from([field.name for field in type_.fields]), unique=True, max_size=2))
    return Tally(type_.name, tuple(by), tuple(draw(st.lists(tests(type_, near), max_size=2))))
