"""Find, order, refuse and call plugins: the only place that catches whatever foreign code may raise.

pluggy holds the specs and checks signatures; loading and calling are ours, since its order is undefined, one
raising implementation aborts the rest, and a plugin whose registration fails stays half registered (design §5).
"""

import sys
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from functools import partial
from itertools import islice
from threading import Lock
from types import MappingProxyType
from typing import Any

import pluggy
from attrs import define, field, frozen

from itsmkit import hookspecs
from itsmkit.core.errors import PluginError, Reentrant
from itsmkit.core.model.event import Draft
from itsmkit.core.model.notice import NotDelivered
from itsmkit.core.text import clean
from itsmkit.core.typed import misfit

Check = Callable[[Any], str]
"""Says what is wrong with an answer, "" where it is right."""

SLOW = 2.0
"""Seconds after which a call is journalled as slow."""
PROVOKED = frozenset({"itsmkit_intake"})
"""Hooks whose faults a stranger's message can provoke: they don't count, else three bad mails would stop all mail."""
PATIENCE = MappingProxyType(
    {
        "itsmkit_deliver": 30.0,
        "itsmkit_sources": 30.0,
        "itsmkit_lookup": 10.0,
        "itsmkit_days_off": 30.0,
        "itsmkit_open_store": 30.0,
        "itsmkit_keep_store": 30.0,
    }
)
"""Seconds for hooks that talk to other machines, or that read much and are asked once in a while."""
MOST_ITEMS = 10_000
"""So many items of an iterator are taken from one plugin at one call."""
STRIKES, STRIKE_WINDOW, BREAK = 3, 600.0, 300.0
"""So many faults of a plugin at one hook within so many seconds open its breaker there for so many seconds."""


@frozen
class Fault:
    """What went wrong with a plugin: at which hook ("load" while loading), of what sort, and the details."""

    plugin: str
    hook: str
    sort: str
    detail: str


@frozen
class Loaded:
    """A plugin that takes part: its name, the object with its hooks, and where it came from."""

    name: str
    plugin: object
    origin: str
    hooks: tuple[str, ...]


@frozen
class Heard:
    """What a call brought: the answer and whose it is, what each plugin asked did, and the faults met."""

    answer: Any = None
    by: str = ""
    asked: Mapping[str, str] = field(factory=dict)
    faults: tuple[Fault, ...] = ()

    def notes(self, step: str = "") -> tuple[Draft, ...]:
        """The faults as journal drafts for the record that was being decided on."""
        return tuple(
            Draft(
                "plugin_fault",
                "core",
                step,
                fault.sort,
                args={"plugin": fault.plugin, "hook": fault.hook},
                # What a plugin says may quote the message that it stumbled over.
                personal={"detail": fault.detail},
            )
            for fault in self.faults
        )


@define
class _Breaker:
    strikes: deque[float] = field(factory=deque)
    open_until: float = float("-inf")


_inside: ContextVar[str] = ContextVar("itsmkit_inside_hook", default="")


def refuse_inside_hook() -> None:
    """Raise Reentrant where a hook is running in this context: hooks return values, they don't act."""
    if hook := _inside.get():
        msg = f"{hook} called back into the desk; a hook returns what it wants done"
        raise Reentrant(msg)


class Plugins:
    """The plugins of one desk, in order, and the calling of their hooks.

    `order` lists names that are asked first, in that order; the rest follow by name; "defaults" comes last.
    """

    def __init__(self, monotonic: Callable[[], float], report: Callable[[Fault], None] | None = None) -> None:
        self._monotonic = monotonic
        self._report = report or (lambda _: None)
        self._checker = pluggy.PluginManager("itsmkit")
        self._checker.add_hookspecs(hookspecs)
        self._first = {name: bool(getattr(hookspecs, name).itsmkit_spec.get("firstresult")) for name in hook_names()}
        self._calls: dict[str, list[tuple[str, Callable[..., Any], tuple[str, ...]]]] = {
            name: [] for name in hook_names()
        }
        self._breakers: dict[tuple[str, str], _Breaker] = defaultdict(_Breaker)
        self._sound: dict[tuple[str, str], tuple[Any, ...]] = {}
        self._lock = Lock()
        self.loaded: list[Loaded] = []
        self.faults: list[Fault] = []

    def add(self, name: str, plugin: object, origin: str) -> bool:
        """Take a plugin in behind the others; False, with a fault noted, where it can't take part."""
        try:
            found = dict(self._hooks_of(plugin))
        except PluginError as fault:
            self._note(Fault(name, "load", "refused", str(fault)))
            return False
        except Exception as error:
            self.broken(name, _told(error))
            return False
        for hook, (call, arguments) in found.items():
            self._calls[hook].append((name, call, arguments))
        self.loaded.append(Loaded(name, plugin, origin, tuple(found)))
        return True

    def broken(self, name: str, why: str) -> None:
        """Note a plugin that could not even be found or made."""
        self._note(Fault(name, "load", "broken", why))

    def _hooks_of(self, plugin: object) -> Iterator[tuple[str, tuple[Callable[..., Any], tuple[str, ...]]]]:
        api = getattr(plugin, "ITSMKIT_API", hookspecs.API)
        if api != hookspecs.API:
            msg = f"written for hooks of version {api}, this is version {hookspecs.API}; get a fitting release"
            raise PluginError(msg)
        for attribute in dir(plugin):
            if not attribute.startswith("itsmkit_"):
                continue
            call = getattr(plugin, attribute)
            options = getattr(call, "itsmkit_impl", None)
            if options is None:
                msg = f"{attribute} lacks the mark @hookimpl"
                raise PluginError(msg)
            if attribute not in self._calls:
                msg = f"there is no hook {attribute}; `itsmkit plugins --hooks` lists them"
                raise PluginError(msg)
            if any(options.get(word) for word in ("tryfirst", "trylast", "hookwrapper", "wrapper")):
                msg = f"{attribute}: order comes from the settings, tryfirst, trylast and wrappers are refused"
                raise PluginError(msg)
            arguments = pluggy.HookImpl(plugin, "", call, options).argnames
            known = self.arguments(attribute)
            unknown = set(arguments) - set(known)
            if unknown:
                msg = f"{attribute} asks for {', '.join(sorted(unknown))}; it may take {', '.join(known)}"
                raise PluginError(msg)
            yield attribute, (call, tuple(arguments))

    def arguments(self, hook: str) -> tuple[str, ...]:
        """What the hook is called with."""
        spec = getattr(self._checker.hook, hook).spec
        return tuple(spec.argnames) if spec else ()

    # calling

    def first(self, hook: str, check: Check | None = None, /, **arguments: Any) -> Heard:
        """Ask in order until one answers; a failing plugin has no opinion. `check` finds fault with an answer."""
        asked: dict[str, str] = {}
        faults: tuple[Fault, ...] = ()
        for name, call, wanted in self._calls[hook]:
            answer, asked[name], fault = self._ask(name, hook, call, {one: arguments[one] for one in wanted}, check)
            faults += (fault,) if fault else ()
            if answer is not None:
                return Heard(answer, name, asked, faults)
        return Heard(None, "", asked, faults)

    def every(self, hook: str, check: Check | None = None, /, **arguments: Any) -> Heard:
        """Ask them all; `answer` is a tuple of (plugin, item) over everything they gave."""
        asked: dict[str, str] = {}
        faults: tuple[Fault, ...] = ()
        items: list[tuple[str, Any]] = []
        every = _every(check)
        for name, call, wanted in self._calls[hook]:
            answer, asked[name], fault = self._ask(name, hook, call, {one: arguments[one] for one in wanted}, every)
            faults += (fault,) if fault else ()
            items += [(name, item) for item in answer or ()]
        return Heard(tuple(items), "", asked, faults)

    def call(self, name: str, hook: str, function: Callable[..., Any], check: Check | None = None, /) -> Heard:
        """Call a function that a plugin gave with its answer to the hook, under the same care."""
        answer, said, fault = self._ask(name, hook, function, {}, check)
        return Heard(answer, name, {name: said}, (fault,) if fault else ())

    def items(self, name: str, hook: str, give: Callable[[], Iterable[Any]], check: Check) -> Iterator[Any]:
        """What a function that a plugin gave yields, one by one, under the same care; None or a fault ends it."""
        begun = self.call(name, hook, lambda: (iter(give()),))
        for _ in range(MOST_ITEMS if begun.answer is not None else 0):
            heard = self.call(name, hook, partial(next, begun.answer[0], None), check)
            if heard.answer is None:
                return
            yield heard.answer

    def _ask(
        self, name: str, hook: str, call: Callable[..., Any], arguments: dict[str, Any], check: Check | None
    ) -> tuple[Any, str, Fault | None]:
        """One plugin's answer (None: no opinion), what it did in a word, and the fault if there was one."""
        started = self._monotonic()
        if (name, hook) in self._breakers and self._breakers[name, hook].open_until > started:
            return None, "breaker", Fault(name, hook, "breaker", "failed too often of late, not asked")
        token = _inside.set(f"{name}.{hook}")
        try:
            answer = call(**arguments)
            if isinstance(answer, Iterator):
                answer = list(islice(answer, MOST_ITEMS))
            wrong = self._wrong(name, hook, answer, check) if check and answer is not None else ""
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if hook == "itsmkit_deliver" and isinstance(error, NotDelivered):
                return error, "answered", None
            return None, "raised", self._strike(Fault(name, hook, "raised", _told(error)), started)
        finally:
            _inside.reset(token)
        if wrong:
            return None, "garbage", self._strike(Fault(name, hook, "garbage", wrong[:500]), started)
        limit = PATIENCE.get(hook, SLOW)
        slow = self._monotonic() - started > limit
        fault = self._strike(Fault(name, hook, "slow", f"took over {limit:g} s"), started) if slow else None
        return answer, "abstained" if answer is None else "answered", fault

    def _wrong(self, name: str, hook: str, answer: Any, check: Check) -> str:
        """What is wrong with an answer; the very tuple that was found sound the last time is sound still."""
        if type(answer) is not tuple:
            return check(answer)
        if self._sound.get((name, hook)) is answer:
            return ""
        wrong = check(answer)
        if not wrong:
            self._sound[name, hook] = answer
        return wrong

    def _strike(self, fault: Fault, now: float) -> Fault:
        if fault.hook not in PROVOKED:
            self._count(fault, now)
        self._note(fault)
        return fault

    def _count(self, fault: Fault, now: float) -> None:
        with self._lock:
            breaker = self._breakers[fault.plugin, fault.hook]
            breaker.strikes.append(now)
            while breaker.strikes and breaker.strikes[0] < now - STRIKE_WINDOW:
                breaker.strikes.popleft()
            if len(breaker.strikes) >= STRIKES:
                breaker.open_until = now + BREAK
                breaker.strikes.clear()

    def noted(self, fault: Fault) -> None:
        """Note what is wrong with a plugin's work, though it answered."""
        self._note(fault)

    def _note(self, fault: Fault) -> None:
        self.faults.append(fault)
        del self.faults[:-1000]
        self._report(fault)

    def implementers(self, hook: str) -> tuple[str, ...]:
        """The plugins that answer a hook, in the order they are asked."""
        return tuple(name for name, _, _ in self._calls[hook])

    def has(self, hook: str) -> bool:
        """Whether any plugin answers the hook."""
        return bool(self._calls[hook])

    def is_first(self, hook: str) -> bool:
        """Whether the hook is answered by the first that has an answer."""
        return self._first[hook]


def _every(check: Check | None) -> Check:
    """The check of a collecting hook: its answer must be a finite sequence of items that are right."""

    def checked(items: Any) -> str:
        if not isinstance(items, list | tuple):
            return f"gave {type(items).__name__} where a list is due"
        return next(filter(None, map(check, items)), "") if check else ""

    return checked


def a(kind: type, more: Check | None = None, *, texts: bool = True) -> Check:
    """The check that an answer is a value of that kind, field by field, and whatever `more` says of it.

    Without `texts`, its texts may hold what can't be stored: they are mended later.
    """

    def checked(answer: Any) -> str:
        if not isinstance(answer, kind):
            return f"gave {type(answer).__name__} where {kind.__name__} is due"
        wrong = misfit(answer, kind, texts=texts)
        if wrong:
            return f"{kind.__name__}: {wrong}"
        return more(answer) if more else ""

    return checked


def _told(error: BaseException) -> str:
    try:
        return clean(f"{type(error).__name__}: {error}"[:500])
    except Exception:
        return type(error).__name__  # it can't even be printed


def hook_names() -> tuple[str, ...]:
    """All hooks, in the order a ticket meets them."""
    return tuple(name for name in vars(hookspecs) if name.startswith("itsmkit_"))


def in_order(names: Iterable[str], order: Iterable[str]) -> list[str]:
    """The names, those of `order` first and in that order, the rest by name."""
    rank = {name: place for place, name in enumerate(order)}
    return sorted(names, key=lambda name: (rank.get(name, sys.maxsize), name))
