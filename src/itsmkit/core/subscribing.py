"""What people want to be told: chosen by themselves, or for them by an administrator."""

from itsmkit.core.access import behalf
from itsmkit.core.errors import BadInput, Stale
from itsmkit.core.model.event import Draft
from itsmkit.core.model.notice import Subscription
from itsmkit.core.model.organisation import Duty, Principal
from itsmkit.core.model.query import Query, Scope, Test
from itsmkit.core.model.record import revised
from itsmkit.core.model.unit import Conflict, Unit
from itsmkit.core.notice_rules import DIGESTS
from itsmkit.core.recipients import EVERY_RULE, subscription_id
from itsmkit.core.sealing import sealed
from itsmkit.core.setup import Setup
from itsmkit.core.verb import check_known
from itsmkit.core.who import demand, fresh, principal


def subscriptions(setup: Setup, by: Principal, person: str = "") -> tuple[Subscription, ...]:
    """What a person has chosen, the principal's own or, with the duty, another's."""
    person = _whose(setup, by, person)
    query = Query("subscription", (Test("person", value=person),), order="id")
    found = setup.store.find(query, Scope.system("subscriptions"), limit=200).items
    return tuple(sorted((one for one in found if isinstance(one, Subscription)), key=lambda one: one.rule))


def subscribe(
    setup: Setup, by: Principal, rule: str, *, want: bool = True, channel: str = "", digest: str = "", person: str = ""
) -> Subscription:
    """Choose for one rule ("*": all) whether it is wanted, by which channel and how often; as it is stored then.

    BadInput for words that the site doesn't know, and where a rule that can't be left is not wanted.
    """
    by, given = fresh(setup, by)
    person = _whose(setup, by, person)
    rules = {one.name: one for one in setup.rules}
    check_known("rule", rule, (EVERY_RULE, *rules))
    check_known("channel", channel, ("", *(name for name, one in setup.channels.items() if not one.group)))
    check_known("digest", digest, DIGESTS)
    if not want and rule in rules and rules[rule].firm:
        raise BadInput(f"rule {rule} is firm: whoever it is for is told; `itsmkit subscription list` shows the others")
    id_ = subscription_id(person, rule)
    found = setup.store.get("subscription", id_, Scope.system("subscribe"))
    before = found if isinstance(found, Subscription) else None
    wanted = before or Subscription(id=id_, reach=(f"person:{person}",), person=person, rule=rule)
    wanted = revised(wanted, want=want, channel=channel, digest=digest)
    args = {"rule": rule, "want": want, "channel": channel, "digest": digest, **behalf(by)}
    change = sealed(setup.world, before, wanted, (Draft("subscribed", by.id, args=args),), setup.world.now())
    outcome = setup.store.commit(Unit((change,), given=given))[0]
    if isinstance(outcome, Conflict):
        raise Stale(f"{outcome.type} {outcome.id}", outcome.expected, outcome.record.version if outcome.record else 0)
    return wanted


def _whose(setup: Setup, by: Principal, person: str) -> str:
    if person and person != by.person:
        demand(by, "choosing for somebody else", Duty.ADMINISTER)
        return principal(setup, person).person
    if not by.person:
        raise BadInput("say for which person; a service is told nothing")
    return by.person
