"""The contract of plugins: subclass `PluginContract`, say how yours is made, and pytest does the rest."""

from collections.abc import Mapping
from time import monotonic
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from itsmkit.core.model.organisation import Assignment, Duty
from itsmkit.core.model.query import Scope
from itsmkit.core.model.report import Table
from itsmkit.core.plugins import Heard, Plugins, hook_names
from itsmkit.core.typed import misfit
from itsmkit.testing.desks import PEOPLE
from itsmkit.testing.questions import ANSWERS, QUESTIONS, SITE, look

NAME = "under test"
ASKED = settings(
    max_examples=25,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),  # a question is read as easily as its smallest cousin, found in minutes
)


class PluginContract:
    """What every plugin owes its desk, for those hooks that it has.

    A subclass named `Test…` gives `plugin()`: the object that takes part, made with its settings. Each hook is asked
    generated questions, through the caller that a desk uses: it must answer within its types or not at all, raise
    nothing, change nothing it is handed, read within its budget, and be done in two seconds. Whose URL or channel
    it isn't must get None. Proven elsewhere: stores by `StoreContract`, deliveries by the plugin's own tests.

        class TestMyPlugin(PluginContract):
            def plugin(self):
                return my_plugin.plugin(my_plugin.Settings())
    """

    def plugin(self) -> object:
        """The plugin, ready to take part."""
        raise NotImplementedError

    def _plugins(self) -> Plugins:
        """A caller with nothing on its mind, and the one plugin in it."""
        if "_held" not in vars(self):
            vars(self)["_held"] = self.plugin()
        plugins = Plugins(monotonic)
        assert plugins.add(NAME, vars(self)["_held"], "contract"), f"it can't take part: {plugins.faults[0].detail}"
        return plugins

    def _ask(self, hook: str, arguments: Mapping[str, Any]) -> Heard:
        plugins = self._plugins()
        if not plugins.has(hook):
            pytest.skip(f"it has no {hook}")
        before = {name: repr(value) for name, value in arguments.items() if name != "look"}
        call = plugins.first if plugins.is_first(hook) else plugins.every
        heard = call(hook, ANSWERS[hook], **arguments)
        for fault in heard.faults:
            pytest.fail(f"{hook} {fault.sort}: {fault.detail}")
        after = {name: repr(value) for name, value in arguments.items() if name != "look"}
        assert after == before, f"{hook} changed what it was handed"
        return heard

    def test_it_takes_part(self) -> None:
        """It loads, and each of its hooks bears the mark and fits its spec."""
        (loaded,) = self._plugins().loaded
        assert loaded.hooks, "it has no hook"

    @pytest.mark.parametrize("hook", hook_names())
    @ASKED
    @given(data=st.data())
    def test_it_answers_within_its_types_or_not_at_all(self, hook: str, data: st.DataObject) -> None:
        """Generated questions; any fault of the call is a failure."""
        self._ask(hook, data.draw(QUESTIONS[hook]()))

    def test_it_names_its_commands(self) -> None:
        """Commands are click's, and named."""
        for _, command in self._ask("itsmkit_commands", {}).answer:
            assert command.name
            assert callable(command.main)

    def test_its_reports_can_be_made(self) -> None:
        """Each gives tables over a small desk whose rows are as wide as their heads."""
        for _, definition in self._ask("itsmkit_reports", {}).answer:
            tables = definition.make(look(), "2026-03")
            assert all(isinstance(table, Table) for table in tables)
            assert all(len(row) == len(table.columns) for table in tables for row in table.rows)

    @ASKED
    @given(data=st.data())
    def test_its_organisation_model_answers_for_everybody(self, data: st.DataObject) -> None:
        """Duties, scope and lines for each person; a team that exists, or None, for each ticket and line."""
        model = self._ask("itsmkit_organisation", {"site": SITE}).answer
        if model is None:
            return
        assert isinstance(model.name, str)
        assert all(isinstance(role, str) for role in model.roles())
        for person in PEOPLE:
            assert Duty.REPORT in model.duties(person), "everybody may report"
            assert model.duties(person) <= frozenset(Duty)
            assert not misfit(model.scope(person), Scope)
        assert list(model.lines(SITE)) == sorted(set(model.lines(SITE)))
        ticket = data.draw(QUESTIONS["itsmkit_classify"]())["ticket"]
        for line in (*model.lines(SITE), 99):
            chosen = model.assignment(ticket, line, SITE)
            assert chosen is None or (not misfit(chosen, Assignment) and SITE.team(chosen.team))
        assert isinstance(model.reporting_line("manager", ticket), str)
        assert model.reporting_line("no such relation", ticket) == ""
