"""Flask-AppBuilder's security manager, reduced to what our rules of login and rights need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask, current_app
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from app.access.current import user_of_cookie
from app.access.login_views import LoginView
from app.access.models import Staff
from app.core.records import rights

if TYPE_CHECKING:
    from flask_login import LoginManager


class AnjuSecurityManager(SecurityManager):
    """Users are `Staff`; rights are read once a request; no views but login and logout."""

    user_model = Staff

    def create_login_manager(self, app: Flask) -> LoginManager:
        manager = super().create_login_manager(app)
        # Our own token in the cookie does this better than a hash of the browser's name.
        manager.session_protection = None
        return manager

    def create_limiter(self, app: Flask) -> Limiter:
        """Attempts are counted in memory: one process serves the pages (waitress)."""
        app.config["RATELIMIT_ENABLED"] = True
        limiter = Limiter(key_func=get_remote_address, storage_uri="memory://")
        limiter.init_app(app)
        return limiter

    def register_views(self) -> None:
        self.auth_view = LoginView()
        self.appbuilder.add_view_no_menu(self.auth_view)
        self.limiter.limit(lambda: current_app.config["LOGIN_RATE"], methods=["POST"])(
            self.auth_view.blueprint
        )

    def load_user(self, pk: Any) -> Staff | None:
        """The user of the cookie, if active and if this very login has not ended."""
        return user_of_cookie(str(pk))

    def is_item_public(self, *_permission_on_view: str) -> bool:
        """Nothing is public but the routes marked so."""
        return False

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """May the present user do this? From the rights read once for the request."""
        return rights.may(view_name, permission_name.removeprefix(rights.PREFIX))

    def get_user_menu_access(self, menu_names: list[str] | None = None) -> set[str]:
        """The screens that the present user may see, of those named."""
        seen = {screen for screen, verb in rights.of_current() if verb == "read"}
        return seen if menu_names is None else seen & set(menu_names)
