"""The answer to “why may 李四 see this?” as sentences for the page and the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from app.core.db.audit import COMMAND_LINE
from app.core.values import clock

if TYPE_CHECKING:
    from app.access.models import Staff
    from app.access.naming import Names
    from app.access.why import Answer, Path, Since


def _when(since: Since) -> str:
    return clock.local(since.at).strftime("%Y-%m-%d %H:%M")


def _by(since: Since) -> str:
    return since.by if since.by not in {"", COMMAND_LINE.name} else _("the command line")


def sentences(user: Staff, answer: Answer, names: Names, communities: dict[int, str]) -> list[str]:
    """First the answer, then the reasons, then whose data."""
    what = {
        "name": user.get_full_name(),
        "verb": names.verb(answer.verb),
        "screen": names.screen(answer.screen),
    }
    lines = []
    if not answer.active:
        lines.append(_("The account of %(name)s is closed: nobody can log in with it.", **what))
    if not answer.paths:
        lines.append(_("%(name)s does not have “%(verb)s” on “%(screen)s”.", **what))
        held = names.roles_text(answer.roles) or _("none")
        lines.append(_("Roles: %(roles)s; none of them has this right.", roles=held))
    else:
        roles = names.roles_text(path.role for path in answer.paths)
        lines.append(
            _("%(name)s has “%(verb)s” on “%(screen)s” through: %(roles)s.", roles=roles, **what)
        )
        for path in answer.paths:
            lines.append(_of_role(path, names))
            if path.role_since:
                lines.append(
                    _(
                        "The role “%(role)s” was given to %(name)s by %(by)s on %(when)s.",
                        role=names.role(path.role),
                        name=user.get_full_name(),
                        by=_by(path.role_since),
                        when=_when(path.role_since),
                    )
                )
    if answer.others:
        verbs = "、".join(names.verb(verb) for verb in answer.others)
        lines.append(_("Also allowed on this page: %(verbs)s.", verbs=verbs))
    lines.append(_whose(answer, communities))
    return lines


def _of_role(path: Path, names: Names) -> str:
    role, since = names.role(path.role), path.right_since
    if since is None:
        return _("The role “%(role)s” has this right by default.", role=role)
    given = {"role": role, "by": _by(since), "when": _when(since)}
    if since.act == "rights.seed":
        return _("The role “%(role)s” has it by default, since the set-up on %(when)s.", **given)
    if path.in_default:
        return _(
            "The role “%(role)s” got it back from %(by)s on %(when)s; it belongs to the default.",
            **given,
        )
    return _(
        "The role “%(role)s” got it from %(by)s on %(when)s; it is not part of the default.",
        **given,
    )


def _whose(answer: Answer, communities: dict[int, str]) -> str:
    if answer.everything:
        return _("Data scope: all communities.")
    if not answer.communities:
        return _("Data scope: no community at all, so lists stay empty.")
    seen = "、".join(communities[key] for key in answer.communities)
    return _("Data scope: %(communities)s.", communities=seen)
