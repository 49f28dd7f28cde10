"""One's own account: what I may see, my last logins, and my password."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, request, session
from flask_babel import gettext as _
from sqlalchemy import select

from app.access import accounts, guards, logins, sessions
from app.access.current import policy
from app.access.models import LoginEvent
from app.access.naming import Names
from app.core.db.extensions import db
from app.core.i18n.sentences import sentence
from app.core.values.errors import N_, DomainError
from app.core.web.page import Page, expose, needs
from app.roles import Verb


class ProfilePage(Page):
    """My account; everybody has it, behind the name at the top."""

    screen = "profile"
    route_base = "/profile"

    @expose("/")
    @needs(Verb.READ)
    def index(self) -> Any:
        user = g.user
        names = accounts.communities(db.session)
        events = db.session.scalars(
            select(LoginEvent)
            .where(LoginEvent.user_id == user.id)
            .order_by(LoginEvent.id.desc())
            .limit(10)
        )
        return self.render(
            "access/profile.html",
            user=user,
            roles=Names(db.session).roles_text(sorted(guards.roles_of(db.session, user.id))),
            communities=[names[link.community_id] for link in user.communities],
            events=list(events),
        )

    @expose("/password", methods=["GET", "POST"])
    @needs(Verb.WRITE)
    def password(self) -> Any:
        problem = None
        if request.method == "POST":
            try:
                self._change()
            except DomainError as error:
                db.session.rollback()
                problem = error
                if error.field == "old":
                    self._count_wrong_entry()
            else:
                return redirect("/")
        page = self.render(
            "access/password.html",
            first=g.user.must_change_password,
            least=policy().length,
            problem=sentence(problem) if problem else None,
            field=problem.field if problem else None,
        )
        return page, 400 if problem else 200

    def _count_wrong_entry(self) -> None:
        """Guessing the password at an open screen ends like guessing it at the door."""
        logins.decide(db.session, g.user.username, False, request.remote_addr or "", policy())
        if accounts.is_locked(g.user):
            sessions.end_all(db.session, g.user.id)
        db.session.commit()

    def _change(self) -> None:
        old, new = request.form.get("old", ""), request.form.get("password", "")
        if new != request.form.get("again", ""):
            raise DomainError(N_("The two entries of the new password differ."), field="again")
        token = session.get(sessions.COOKIE_KEY)
        accounts.change_own_password(db.session, g.user, old, new, policy=policy(), keep=token)
        db.session.commit()
        flash(_("Your password is changed. Logins elsewhere have ended."), "success")
