"""The Flask extensions, made once and bound to an application in `create_app`."""

from __future__ import annotations

from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

from app.core.db.types import metadata

db = SQLAlchemy(metadata=metadata)
csrf = CSRFProtect()
