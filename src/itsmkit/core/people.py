"""People, teams, services and rotas as records: loaded from a site's files, idempotent, and read back as the `Site`."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from re import compile as pattern
from types import MappingProxyType
from typing import Any, cast

import attrs
from attrs import frozen

from itsmkit.core.catalogue import procedure
from itsmkit.core.contracts import checked
from itsmkit.core.errors import BadInput, KeyTaken, NotAllowed, Stale, StoreError
from itsmkit.core.model.catalogue import CatalogueItem
from itsmkit.core.model.configuration import ConfigurationItem
from itsmkit.core.model.event import Draft
from itsmkit.core.model.party import Contract, Person, Rota, Service, Site, Team, Vendor
from itsmkit.core.model.query import Query, Scope, Test
from itsmkit.core.model.record import HEADER, Record, Unreadable, revised
from itsmkit.core.model.unit import Change, Conflict, Done, Duplicate, Unit
from itsmkit.core.rota import read as roster
from itsmkit.core.sealing import sealed
from itsmkit.core.store import Store
from itsmkit.core.world import World

LOADED = (Team, Service, Person, Rota, Vendor, Contract, CatalogueItem, ConfigurationItem)
_LANGUAGE = pattern("[a-z]{2,3}")


def check_expertise(record: Person | Team) -> None:
    """BadInput where a field or a language of a person or a team can't be one."""
    for language in record.languages:
        if not _LANGUAGE.fullmatch(language):
            msg = f"{record.type} {record.id}: {language!r} is no language; write its code, such as en or zh"
            raise BadInput(msg)
    if isinstance(record, Person) and not all(one.strip() for one in record.fields):
        msg = f"person {record.id}: a field is empty; name categories and services"
        raise BadInput(msg)


CHECKS: Mapping[type[Record], Callable[[Any], object]] = MappingProxyType(
    {CatalogueItem: procedure, Rota: roster, Contract: checked, Person: check_expertise, Team: check_expertise}
)
"""What reads the words that a record is written in: a bad one is refused here, not when somebody needs it."""
GRANTED = ("deputises", "glass", "erased")
"""What a person is given by commands; a site's files know nothing of it."""
BATCH = 200


@frozen
class Difference:
    """What loading does to one record: "new", "changed" with the fields, "same", or "erased": it stays that way."""

    type: str
    id: str
    sort: str
    fields: tuple[str, ...] = ()


def load(
    store: Store, world: World, records: Iterable[Record], by: str, *, dry_run: bool = False
) -> Iterator[Difference]:
    """Make the store's people, teams and services like `records`; what is not named stays as it is.

    KeyTaken where a unique key belongs to somebody else; batches before it stay loaded, loading again goes on.
    """
    batch: list[tuple[Change, Difference]] = []
    for record in records:
        change, difference = _difference(store, world, record, by)
        if change is not None and not dry_run:
            batch.append((change, difference))
            if len(batch) == BATCH:
                _commit(store, batch)
                batch = []
        yield difference
    _commit(store, batch)


def _difference(store: Store, world: World, record: Record, by: str) -> tuple[Change | None, Difference]:
    if check := CHECKS.get(type(record)):
        check(record)
    found = store.get(record.type, record.id, Scope.system("load"))
    if isinstance(found, Unreadable):
        raise StoreError(found.why)
    if isinstance(found, Person) and found.erased:
        return None, Difference(record.type, record.id, "erased")
    names = [one.name for one in attrs.fields(type(record)) if one.name not in (*HEADER, *GRANTED)]
    changed = tuple(name for name in names if found is None or getattr(found, name) != getattr(record, name))
    if found is not None and not changed:
        return None, Difference(record.type, record.id, "same")
    if isinstance(record, Person) and by == f"person:{record.id}" and "roles" in changed:
        msg = f"separation of duties: who grants is not who gets; let another administrator load {record.id}'s roles"
        raise NotAllowed(msg)
    kept = {name: getattr(found, name) for name in GRANTED if found is not None and hasattr(found, name)}
    # A vendor's staff see what their company is under contract for.
    whose = f"vendor:{record.vendor}" if isinstance(record, Contract) else f"{record.type}:{record.id}"
    after = revised(record, version=0, head="", reach=(whose,), **kept)
    sort = "changed" if found is not None else "new"
    draft = Draft("loaded", by, outcome=sort, args={"fields": sorted(changed)})
    change = sealed(world, found, after, (draft,), world.now())
    return change, Difference(record.type, record.id, sort, changed if found is not None else ())


def _commit(store: Store, batch: list[tuple[Change, Difference]]) -> None:
    outcomes = store.commit(*(Unit((change,)) for change, _ in batch))
    for outcome, (change, _) in zip(outcomes, batch, strict=True):
        if isinstance(outcome, Duplicate):
            msg = f"{change.after.type} {change.after.id}: {outcome.key} belongs to {outcome.type} {outcome.id}"
            raise KeyTaken(msg)
        if isinstance(outcome, Conflict):
            raise Stale(
                f"{outcome.type} {outcome.id}", outcome.expected, outcome.record.version if outcome.record else 0
            )
        if not isinstance(outcome, Done):
            msg = f"{change.after.type} {change.after.id} could not be loaded: {outcome}"
            raise StoreError(msg)


def read_tables(kind: type[Record], tables: Mapping[str, Any], where: str) -> Iterator[Record]:
    """Records out of a file's tables, one per id; BadInput names file, id and what is wrong."""
    known = {one.name: one for one in attrs.fields(kind) if one.name not in (*HEADER, *GRANTED)}
    for id_, table in tables.items():
        if not isinstance(table, Mapping):
            msg = f"{where}: {id_!r} is no table"
            raise BadInput(msg)
        if not id_ or ":" in id_:
            msg = f"{where}: {id_!r} is no id: it needs at least one character and no colon"
            raise BadInput(msg)
        unknown = set(table) - set(known)
        if unknown:
            msg = f"{where}, {id_}: unknown key {', '.join(sorted(unknown))}; known: {', '.join(known)}"
            raise BadInput(msg)
        lists = {name: tuple(one) if isinstance(one, list) else one for name, one in table.items()}
        for name, given in lists.items():
            default = known[name].default
            wanted = type(default) if default is not attrs.NOTHING else str
            fits = isinstance(given, wanted) and isinstance(given, bool) is (wanted is bool)
            if not fits or (wanted is tuple and not all(isinstance(one, str) for one in given)):
                msg = f"{where}, {id_}: {name} is {given!r}, where {_word(wanted)} is due"
                raise BadInput(msg)
        lacking = [name for name, one in known.items() if one.default is attrs.NOTHING and name not in lists]
        if lacking:
            msg = f"{where}, {id_}: {', '.join(lacking)} is missing"
            raise BadInput(msg)
        yield kind(id=id_, **cast("dict[str, Any]", lists))


def _word(kind: type) -> str:
    return {tuple: "a list of texts", str: "a text", int: "a whole number", bool: "true or false"}.get(
        kind, kind.__name__
    )


def site_of(store: Store, name: str, zone: str, language: str, domain: str) -> Site:
    """The site with the teams, services, rotas, vendors, contracts, catalogue and experts that the store holds now."""
    teams = tuple(one for one in everything(store, "team") if isinstance(one, Team))
    services = tuple(one for one in everything(store, "service") if isinstance(one, Service))
    rotas = tuple(one for one in everything(store, "rota") if isinstance(one, Rota))
    vendors = tuple(one for one in everything(store, "vendor") if isinstance(one, Vendor))
    contracts = tuple(one for one in everything(store, "contract") if isinstance(one, Contract))
    catalogue = tuple(one for one in everything(store, "catalogue_item") if isinstance(one, CatalogueItem))
    known = everything(store, "person", Test("expert", value=True))
    experts = tuple(one for one in known if isinstance(one, Person))
    return Site(name, zone, language, domain, teams, services, rotas, vendors, contracts, catalogue, experts)


def everything(store: Store, type_: str, *where: Test) -> Iterator[Record | Unreadable]:
    """Every record of a type that passes the tests, page by page."""
    after: str | None = None
    while True:
        page = store.find(Query(type_, where), Scope.system(f"all {type_}"), after, limit=200)
        yield from page.items
        if (after := page.after) is None:
            return
