"""People who log in, the communities they may see, and the record of logins."""

from __future__ import annotations

from datetime import datetime

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User as BaseUser
from sqlalchemy import Boolean, ForeignKey, String, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db.types import BigId, word
from app.core.values import clock


class UserCommunity(Model):
    """A user whose data scope is not everything may see this community."""

    __tablename__ = "user_community"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True
    )
    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Staff(BaseUser):
    """A person at a post: Flask-AppBuilder's user with what our rules of login need.

    `all_communities` is the data scope "everything"; otherwise `communities` lists it.
    """

    __tablename__ = "ab_user"

    must_change_password: Mapped[bool] = mapped_column(
        Boolean, nullable=False, default=False, server_default="0"
    )
    all_communities: Mapped[bool] = mapped_column(
        Boolean, nullable=False, default=False, server_default="0"
    )
    locked_until: Mapped[datetime | None]
    post_title: Mapped[str | None] = mapped_column(String(60))
    communities: Mapped[list[UserCommunity]] = relationship(
        UserCommunity, cascade="all, delete-orphan", passive_deletes=True
    )

    def get_full_name(self) -> str:
        """Family name first and no space, as Chinese names are written."""
        return f"{self.last_name}{self.first_name}"

    def __repr__(self) -> str:
        return self.get_full_name()


@event.listens_for(Staff, "before_insert")
def _stamp(_mapper: object, _connection: object, person: Staff) -> None:
    """Stored like every other moment: the base class would take the machine's own zone."""
    person.created_on = person.created_on or clock.now()
    person.changed_on = person.changed_on or person.created_on


class LoginEvent(Model):
    """One attempt to log in, a logout or a locked account."""

    __tablename__ = "login_event"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now, nullable=False, index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    username: Mapped[str] = mapped_column(String(128), nullable=False)
    outcome: Mapped[str] = mapped_column(word(), nullable=False)
    address: Mapped[str] = mapped_column(String(64), nullable=False, default="")


class LoginSession(Model):
    """One login that is still good: its cookie holds a token, this row the token's digest.

    Deleting the row ends the session wherever its cookie was copied to.
    """

    __tablename__ = "login_session"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("ab_user.id", ondelete="CASCADE"), nullable=False, index=True
    )
    begun_at: Mapped[datetime] = mapped_column(default=clock.real, nullable=False)


class RoleLabel(Model):
    """What an office calls a role; a post without a row has the label of the catalogue."""

    __tablename__ = "role_label"

    role_id: Mapped[int] = mapped_column(
        ForeignKey("ab_role.id", ondelete="CASCADE"), primary_key=True
    )
    label: Mapped[str] = mapped_column(String(30), nullable=False, unique=True)
