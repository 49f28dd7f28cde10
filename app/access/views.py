"""The screens of access, in menu order, and the words that other pages use for its codes."""

from __future__ import annotations

from flask_babel import lazy_gettext

from app.access import labels
from app.access.log_views import AuditScreen, LoginEventScreen
from app.access.profile_views import ProfilePage
from app.access.rights_views import RightsPage
from app.access.user_views import UserPage
from app.core.i18n.filters import register_labels

register_labels(
    "login_outcome", {code: lazy_gettext(text) for code, text in labels.OUTCOMES.items()}
)
register_labels("act", {code: lazy_gettext(text) for code, text in labels.ACTS.items()})
register_labels("post", {name: lazy_gettext(text) for name, text in labels.POSTS.items()})
register_labels(
    "screen", {name: lazy_gettext(text) for name, (_area, text) in labels.SCREENS.items()}
)

SCREENS = (ProfilePage, UserPage, RightsPage, LoginEventScreen, AuditScreen)
