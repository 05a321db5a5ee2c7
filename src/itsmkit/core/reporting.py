"""Reports by name: definitions that plugins offer, made over what the reader may see."""

from functools import partial
from typing import Any

from itsmkit.core.errors import BadInput, PluginError
from itsmkit.core.model.organisation import Duty, Principal
from itsmkit.core.model.report import ReportDefinition, Table
from itsmkit.core.plugins import a
from itsmkit.core.setup import Looking, Setup
from itsmkit.core.who import demand

HOOK = "itsmkit_reports"


def tables(setup: Setup, name: str, period: str, by: Principal) -> tuple[Table, ...]:
    """The tables of that report; BadInput where no plugin offers it, PluginError where its plugin failed."""
    demand(by, "a report", Duty.READ_REPORTS, Duty.MANAGE, Duty.OWN_PROCESS)
    offered = setup.plugins.every(HOOK, a(ReportDefinition)).answer
    definitions = {one.name: (plugin, one) for plugin, one in reversed(offered)}
    if name not in definitions:
        msg = f"there is no report {name!r}; there are {', '.join(sorted(definitions))}"
        raise BadInput(msg)
    look = Looking(setup.world.now(), setup.site, setup.store, by.scope)
    plugin, definition = definitions[name]
    heard = setup.plugins.call(plugin, HOOK, partial(definition.make, look, period), _are_tables)
    if heard.answer is None:
        reason = next((one.detail for one in heard.faults), "it gave no tables")
        msg = f"report {name} of plugin {plugin} failed: {reason}"
        raise PluginError(msg)
    made: tuple[Table, ...] = heard.answer
    return made


def _are_tables(answer: Any) -> str:
    fits = isinstance(answer, tuple) and all(isinstance(one, Table) for one in answer)
    return "" if fits else f"gave {type(answer).__name__} where tables are due"
