"""The page of roles and rights: the matrix, its changes, and the question why (S02)."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.access import accounts, labels, role_changes
from app.access.cells import (
    Cell,
    cells_of_roles,
    default_cells,
    everybodys_cells,
    known_cells,
    role,
)
from app.access.guards import may_change_role
from app.access.models import Staff
from app.access.naming import Names
from app.access.seeding import restore_default
from app.access.why import why
from app.access.why_text import sentences
from app.core.db.extensions import db
from app.core.i18n.sentences import sentence
from app.core.values.errors import N_, DomainError, NotFound
from app.core.web.menu import MenuEntry
from app.core.web.page import Page, expose, needs
from app.roles import POSTS, Verb


def grid() -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """work area → screens → verbs that mean something there, in the order of the page."""
    known = known_cells()
    return [
        (
            area,
            [(name, known[name]) for name in labels.SCREENS if labels.SCREENS[name][0] == area],
        )
        for area in labels.AREAS
    ]


class RightsPage(Page):
    """Roles × screens × verbs, in words of the office."""

    screen = "rights"
    route_base = "/rights"
    menu = MenuEntry("system", 20, _l("Roles and rights"), icon="fa-key")

    def _role(self, name: str | None) -> str:
        roles = role_changes.role_labels(db.session)
        if not name:
            return next(iter(roles))
        if name not in roles:
            raise NotFound(N_("There is no role “%(role)s”."), role=name)
        return name

    def _refusal(self, name: str) -> str | None:
        """Why the present user may not change this role, None if he may."""
        try:
            may_change_role(db.session, role(db.session, name))
        except DomainError as error:
            return sentence(error)
        return None

    @expose("/")
    @needs(Verb.READ)
    def index(self) -> Any:
        name = self._role(request.args.get("role"))
        cells = cells_of_roles(db.session)[name]
        return self.render(
            "access/rights.html",
            role=name,
            own=name not in POSTS,
            cells=cells,
            default=default_cells(name),
            fixed=everybodys_cells(),
            seen=role_changes.fingerprint(cells),
            refusal=self._refusal(name) if self.may(Verb.WRITE) else None,
            **self._common(),
        )

    def _common(self) -> dict[str, Any]:
        return {
            "names": Names(db.session),
            "holders": role_changes.holders_of(db.session),
            "grid": grid(),
            "verbs": [verb.value for verb in Verb],
        }

    @expose("/review", methods=["POST"])
    @needs(Verb.WRITE)
    def review(self) -> Any:
        """What saving would change, before and after; nothing is stored yet."""
        name = self._role(request.form.get("role"))
        wanted = role_changes.parse_cells(request.form.getlist("cell"))
        change = role_changes.difference(db.session, name, wanted, request.form.get("seen", ""))
        may_change_role(db.session, role(db.session, name), change.added)
        return self._review(name, change, url_for("RightsPage.save"))

    def _review(self, name: str, change: role_changes.RoleDifference, action: str) -> Any:
        if not change.added and not change.removed:
            flash(_("Nothing is different; nothing was saved."), "info")
            return redirect(url_for("RightsPage.index", role=name))
        present = cells_of_roles(db.session)[name]
        wanted: set[Cell] = (present | set(change.added)) - set(change.removed)
        return self.render(
            "access/rights_review.html",
            role=name,
            change=change,
            wanted=sorted(wanted),
            action=action,
            people=self._people(name),
            **self._common(),
        )

    def _people(self, name: str) -> list[str]:
        users = db.session.scalars(
            select(Staff).where(Staff.roles.any(name=name), Staff.active.is_(True)).limit(20)
        )
        return [user.get_full_name() for user in users]

    @expose("/save", methods=["POST"])
    @needs(Verb.WRITE)
    def save(self) -> Any:
        name = self._role(request.form.get("role"))
        try:
            wanted = role_changes.parse_cells(request.form.getlist("cell"))
            change = role_changes.change_rights(
                db.session, name, wanted, request.form.get("seen", "")
            )
        except DomainError as error:
            # Not back to the review, which shows what is no longer so, but to the role itself.
            db.session.rollback()
            flash(sentence(error), "danger")
            return redirect(url_for("RightsPage.index", role=name))
        return self._saved(name, len(change.added), len(change.removed))

    def _saved(self, name: str, given: int, taken: int) -> Any:
        db.session.commit()
        flash(
            _(
                "Rights of “%(role)s” saved: %(given)s given, %(taken)s taken.",
                role=Names(db.session).role(name),
                given=given,
                taken=taken,
            ),
            "success",
        )
        return redirect(url_for("RightsPage.index", role=name))

    @expose("/restore", methods=["GET", "POST"])
    @needs(Verb.WRITE)
    def restore(self) -> Any:
        """First what the default would change, then, on POST, the default itself."""
        name = self._role(request.values.get("role"))
        if request.method == "POST":
            given, taken = restore_default(db.session, name).get(name, ((), ()))
            return self._saved(name, len(given), len(taken))
        if name not in POSTS:
            raise DomainError(N_("Only the posts that came with the program have a default."))
        present = cells_of_roles(db.session)[name]
        change = role_changes.difference(
            db.session, name, set(default_cells(name)), role_changes.fingerprint(present)
        )
        may_change_role(db.session, role(db.session, name), change.added)
        return self._review(name, change, url_for("RightsPage.restore"))

    def _label(self, role_name: str | None) -> str:
        """The label that was typed; DomainError where another role is called so on the page."""
        label = request.form.get("label", "").strip()
        for name, text in Names(db.session).roles.items():
            if text == label and name != role_name:
                raise DomainError(
                    N_("There is already a role named “%(label)s”."), field="label", label=label
                )
        return label

    @expose("/copy", methods=["POST"])
    @needs(Verb.WRITE)
    def copy(self) -> Any:
        name = self._role(request.form.get("role"))
        copy = role_changes.copy_role(db.session, name, self._label(None))
        new = copy.name
        db.session.commit()
        flash(_("The new role has the same rights; change them now."), "success")
        return redirect(url_for("RightsPage.index", role=new))

    @expose("/rename", methods=["POST"])
    @needs(Verb.WRITE)
    def rename(self) -> Any:
        name = self._role(request.form.get("role"))
        role_changes.rename_role(db.session, name, self._label(name))
        db.session.commit()
        flash(_("The role has its new name."), "success")
        return redirect(url_for("RightsPage.index", role=name))

    @expose("/delete", methods=["POST"])
    @needs(Verb.WRITE)
    def delete(self) -> Any:
        name = self._role(request.form.get("role"))
        role_changes.delete_role(db.session, name)
        db.session.commit()
        flash(_("The role is deleted."), "success")
        return redirect(url_for("RightsPage.index"))

    @expose("/compare")
    @needs(Verb.READ)
    def compare(self) -> Any:
        roles = list(role_changes.role_labels(db.session))
        left = self._role(request.args.get("left") or roles[0])
        right = self._role(request.args.get("right") or roles[1])
        cells = cells_of_roles(db.session)
        return self.render(
            "access/rights_compare.html",
            left=left,
            right=right,
            cells=cells,
            only=request.args.get("only", "1") == "1",
            **self._common(),
        )

    @expose("/why")
    @needs(Verb.READ)
    def why(self) -> Any:
        users = db.session.scalars(select(Staff).order_by(Staff.active.desc(), Staff.id)).all()
        key, screen = request.args.get("user", ""), request.args.get("screen", "")
        verb = request.args.get("verb") or Verb.READ.value
        user: Staff | None = None
        lines: list[str] = []
        if key.isdecimal() and len(key) < 10 and screen:
            if verb not in known_cells().get(screen, ()):
                raise NotFound(N_("There is no right “%(right)s”."), right=f"{screen}:{verb}"[:80])
            user = accounts.find(db.session, int(key))
            lines = sentences(
                user,
                why(db.session, user, screen, verb),
                Names(db.session),
                accounts.communities(db.session),
            )
        return self.render(
            "access/why.html",
            users=users,
            user=user,
            lines=lines,
            screen_name=screen,
            verb=verb,
            **self._common(),
        )
