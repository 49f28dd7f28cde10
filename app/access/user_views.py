"""The page of users: who works here, at which post, and which communities they see."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_appbuilder.security.sqla.models import Role, assoc_user_role
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from app.access import accounts, guards
from app.access.current import policy
from app.access.models import Staff
from app.access.naming import Names
from app.access.passwords import random_password
from app.core.columns.lookups import Lookup
from app.core.db.extensions import db
from app.core.i18n.sentences import sentence
from app.core.records import data_scope
from app.core.values.errors import DomainError
from app.core.web.menu import MenuEntry
from app.core.web.page import Page, expose, needs
from app.roles import Verb

MOST = 300
"""A centre has tens of people; more than this are found by the search."""


def form_values() -> dict[str, Any]:
    """What the form of a user holds, as the acts of `accounts` take it."""
    form = request.form
    return {
        "family": form.get("family", ""),
        "given": form.get("given", ""),
        "post_title": form.get("post_title", ""),
        "roles": form.getlist("roles"),
        "all_communities": form.get("scope") == "all",
        "communities": [
            int(key) for key in form.getlist("communities") if key.isdecimal() and len(key) < 10
        ],
    }


class UserPage(Page):
    """Accounts: list, create, change, deactivate, unlock, new password."""

    screen = "users"
    route_base = "/users"
    menu = MenuEntry("system", 10, _l("Users"), icon="fa-users")
    lookups = (
        Lookup(
            "staff",
            Staff,
            ("username", "first_name", "last_name"),
            screen="home",
            label=lambda user: user.get_full_name(),
            order="id",
            only=lambda: Staff.active.is_(True),
            also=lambda word: [
                (Staff.last_name + Staff.first_name).icontains(word, autoescape=True)
            ],
        ),
    )

    @expose("/")
    @needs(Verb.READ)
    def index(self) -> Any:
        search = request.args.get("q", "").replace("\x00", "").strip()[:60]
        state = request.args.get("state", "")
        query = select(Staff).options(selectinload(Staff.communities))
        if search:
            query = query.where(
                or_(
                    (Staff.last_name + Staff.first_name).icontains(search, autoescape=True),
                    Staff.username.icontains(search, autoescape=True),
                    Staff.post_title.icontains(search, autoescape=True),
                )
            )
        if state in {"active", "closed"}:
            query = query.where(Staff.active.is_(state == "active"))
        users = db.session.scalars(query.order_by(Staff.active.desc(), Staff.id).limit(MOST)).all()
        return self.render(
            "access/users.html",
            users=users,
            roles=self._roles([user.id for user in users]),
            names=Names(db.session),
            communities=accounts.communities(db.session),
            is_locked=accounts.is_locked,
            search=search,
            state=state,
        )

    def _roles(self, user_ids: list[int]) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {key: [] for key in user_ids}
        rows = db.session.execute(
            select(assoc_user_role.c.user_id, Role.name)
            .join(Role, Role.id == assoc_user_role.c.role_id)
            .where(assoc_user_role.c.user_id.in_(user_ids))
            .order_by(Role.id)
        )
        for user_id, name in rows:
            found[user_id].append(name)
        return found

    def _form(self, user: Staff | None, values: dict[str, Any], error: DomainError | None) -> Any:
        page = self.render(
            "access/user_form.html",
            user=user,
            values=values,
            names=Names(db.session),
            communities={
                key: name
                for key, name in accounts.communities(db.session).items()
                if data_scope.current().allows(key)
            },
            is_locked=accounts.is_locked,
            own=user is not None and user.id == g.user.id,
            administrator=guards.ADMINISTRATOR in guards.roles_of(db.session, g.user.id),
            problem=sentence(error) if error else None,
            field=error.field if error else None,
        )
        return page, 400 if error else 200

    @expose("/new", methods=["GET", "POST"])
    @needs(Verb.WRITE)
    def new(self) -> Any:
        if request.method == "GET":
            return self._form(None, {"roles": [], "communities": []}, None)
        values = form_values()
        username = request.form.get("username", "")
        password = random_password(policy())
        try:
            user = accounts.create_user(
                db.session, username=username, password=password, policy=policy(), **values
            )
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            return self._form(None, {**values, "username": username}, error)
        return self._told_once(user, password, created=True)

    def _told_once(self, user: Staff, password: str, *, created: bool) -> Any:
        return self.render(
            "access/password_once.html", user=user, password=password, created=created
        )

    @expose("/<int:key>")
    @needs(Verb.READ)
    def user(self, key: int) -> Any:
        user = accounts.find(db.session, key)
        values = {
            "family": user.last_name,
            "given": user.first_name,
            "post_title": user.post_title or "",
            "roles": sorted(guards.roles_of(db.session, user.id)),
            "all_communities": user.all_communities,
            "communities": [link.community_id for link in user.communities],
        }
        return self._form(user, values, None)

    @expose("/<int:key>", methods=["POST"])
    @needs(Verb.WRITE)
    def change(self, key: int) -> Any:
        user = accounts.find(db.session, key)
        values = form_values()
        try:
            accounts.change_user(db.session, user, **values)
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            return self._form(user, values, error)
        flash(_("%(name)s is saved.", name=user.get_full_name()), "success")
        return redirect(url_for("UserPage.index"))

    @expose("/<int:key>/password", methods=["POST"])
    @needs(Verb.WRITE)
    def password(self, key: int) -> Any:
        user = accounts.find(db.session, key)
        password = accounts.reset_password(db.session, user, policy())
        db.session.commit()
        return self._told_once(user, password, created=False)

    @expose("/<int:key>/deactivate", methods=["POST"])
    @needs(Verb.DELETE)
    def deactivate(self, key: int) -> Any:
        user = accounts.find(db.session, key)
        accounts.deactivate(db.session, user)
        return self._done(
            user,
            _(
                "The account of %(name)s is closed; its logins have ended.",
                name=user.get_full_name(),
            ),
        )

    @expose("/<int:key>/activate", methods=["POST"])
    @needs(Verb.WRITE)
    def activate(self, key: int) -> Any:
        user = accounts.find(db.session, key)
        accounts.activate(db.session, user)
        return self._done(user, _("%(name)s can log in again.", name=user.get_full_name()))

    @expose("/<int:key>/unlock", methods=["POST"])
    @needs(Verb.WRITE)
    def unlock(self, key: int) -> Any:
        user = accounts.find(db.session, key)
        accounts.unlock(db.session, user)
        return self._done(user, _("%(name)s can log in again.", name=user.get_full_name()))

    def _done(self, user: Staff, message: str) -> Any:
        db.session.commit()
        flash(message, "success")
        return redirect(url_for("UserPage.user", key=user.id))
