"""Reports: named tables that a plugin computes from tallies."""

from collections.abc import Callable
from typing import Any

from attrs import frozen


@frozen
class Table:
    """A titled table: column names and rows of plain values."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@frozen
class ReportDefinition:
    """A report by name: `make(look, period)` gives its tables; `period` is "YYYY-MM"."""

    name: str
    title: str
    make: Callable[[Any, str], tuple[Table, ...]]
