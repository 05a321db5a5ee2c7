"""Everything about a database that is known once its types are: made when it is opened, never changed."""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial

from attrs import field, frozen

from itsmkit import QueryError, RecordType
from itsmkit_store_sql.databases import Phrases
from itsmkit_store_sql.questions import Asked, question
from itsmkit_store_sql.statements import Statement, Statements, TypeStatements, statements
from itsmkit_store_sql.tables import Tables, tables


@frozen
class Plan:
    """Types, tables, statements; `question` compiles a question of a new shape and keeps it."""

    types: Mapping[str, RecordType]
    phrases: Phrases
    tables: Tables
    statements: Statements
    question: Callable[[Asked], Statement] = field(eq=False)

    def of(self, name: str) -> TypeStatements:
        """What belongs to that type; QueryError where it isn't declared."""
        try:
            return self.statements.types[name]
        except KeyError:
            raise QueryError(f"there is no type {name!r}; there are {', '.join(sorted(self.types))}") from None


@lru_cache(maxsize=8)
def plan(types: tuple[RecordType, ...], phrases: Phrases) -> Plan:
    """The plan for these types in a database that speaks so; it follows from them alone."""
    by_name = {one.name: one for one in types}
    made = tables(by_name.values())
    asking = lru_cache(maxsize=512)(partial(question, phrases, made))
    return Plan(by_name, phrases, made, statements(phrases, made, by_name), asking)
