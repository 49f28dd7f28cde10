"""Who sees private values whole, on a page or in a file, and how that is recorded (E07).

Phones need the right `phones`, whatever screen they stand on: to call people is a duty of
almost every post. ID numbers and all else need "see private" on the screen itself. A page
shows one value on demand; a file shows them only to whoever also says why. Each look and
each file is recorded. Free text (remarks, notes, logs) is shown as it was written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import Forbidden

from app.core.db import audit
from app.core.parsing import form_text
from app.core.records import rights
from app.core.values.errors import N_, DomainError
from app.core.values.secret import Secret
from app.roles import Verb

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

SCREEN = "phones"
NAMES = {Secret.PHONES: _l("phones"), Secret.PRIVATE: _l("ID numbers and other private data")}
NO_REASON = N_(
    "Say what the full numbers are needed for; the reason is kept in the record of changes."
)
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What a file shows whole, and why; without secrets everything private is masked."""

    whole: frozenset[Secret] = frozenset()
    reason: str = ""

    def details(self) -> dict[str, Any]:
        """What the record of changes says of it beside the rows."""
        if not self.whole:
            return {"private": False}
        return {"private": True, "full": sorted(self.whole), "reason": self.reason}


ALL_MASKED = Disclosure()


def right(secret: Secret, screen: str) -> tuple[str, str]:
    """The right that shows a secret of a screen whole, as (screen, verb)."""
    if secret is Secret.PHONES:
        return (SCREEN, str(Verb.READ))
    return (screen, str(Verb.SEE_PRIVATE))


def may_see(secret: Secret, screen: str) -> bool:
    """May the user of this request see a value of this sort whole?"""
    return right(secret, screen) in rights.of_current()


def demand(secret: Secret, screen: str) -> None:
    """Refuse whoever may not see a value of this sort whole."""
    if not may_see(secret, screen):
        raise Forbidden


def seen_by_actor(secrets: Iterable[Secret], screen: str) -> frozenset[Secret]:
    """Those of the secrets that whoever acts now may see: a user, in a job too, or the machine's
    owner at the command line; a stranger sees none."""
    who = audit.actor()
    if who.user_id is None:
        return frozenset(secrets) if who == audit.COMMAND_LINE else frozenset()
    held = rights.of_user(who.user_id)
    return frozenset(one for one in secrets if right(one, screen) in held)


def wanted(typed: Mapping[str, str], secrets: Collection[Secret], screen: str) -> Disclosure:
    """What the form of a download asks for: `full` and `reason`.

    Without `full` everything is masked. DomainError without a reason, Forbidden for whoever
    may see none of it.
    """
    if not typed.get("full"):
        return ALL_MASKED
    whole = seen_by_actor(secrets, screen)
    if not whole:
        raise Forbidden
    reason = form_text.text(typed.get("reason", ""), max_length=LONGEST)
    if not reason or not any(sign.isalnum() for sign in reason):
        raise DomainError(NO_REASON, field="reason")
    return Disclosure(whole, reason)


def offered(secrets: Iterable[Secret], screen: str) -> list[Any]:
    """The names of what the user of this request could have whole in a file of these secrets."""
    found = set(secrets)
    return [NAMES[one] for one in Secret if one in found and may_see(one, screen)]


def record_look(
    session: Any, screen: str, key: object, *, title: str, column: str, community_id: int | None
) -> None:
    """Note who looked at whose value, and when."""
    audit.record(
        session,
        "reveal",
        screen,
        key,
        title=title,
        details={"column": column},
        community_id=community_id,
    )
