"""Every hook's docstring is complete: when it is called, None, an exception, and an example that a desk takes in."""

import inspect
import re
from types import ModuleType

import pytest

from itsmkit import hookspecs
from itsmkit.core.plugins import Plugins, hook_names


def told(hook: str) -> str:
    return inspect.cleandoc(inspect.getdoc(getattr(hookspecs, hook)) or "")


@pytest.mark.parametrize("hook", hook_names())
def test_the_docstring_says_when_what_none_means_and_what_an_exception_means(hook: str) -> None:
    prose = " ".join(told(hook).partition("Example::")[0].split()).lower()
    kind = "first" if getattr(hookspecs, hook).itsmkit_spec["firstresult"] else "collecting"
    assert re.search(rf"\. {kind}[.;]", prose)
    assert "none" in prose
    assert "exception" in prose or "fails closed" in prose or "fault" in prose
    assert "called" in prose or hook in ("itsmkit_classify", "itsmkit_prioritise", "itsmkit_match", "itsmkit_assign")


@pytest.mark.parametrize("hook", hook_names())
def test_the_example_takes_part_and_is_an_example_of_that_hook(hook: str) -> None:
    module = ModuleType("example")
    exec(inspect.cleandoc(told(hook).partition("Example::")[2]), vars(module))  # noqa: S102 - our own docstring
    plugins = Plugins(lambda: 0.0)
    assert plugins.add("example", module, "docstring"), plugins.faults
    assert plugins.loaded[0].hooks == (hook,)
