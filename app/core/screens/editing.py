"""Adding, changing and deleting records: what was typed is kept until it is stored or given up."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from flask import current_app, flash, request, url_for
from flask_babel import gettext as _
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.utils import redirect

from app.core.columns import lookups as select
from app.core.columns.column import Field, FieldKind
from app.core.columns.field_text import KEEP, READERS, plain, raw, read
from app.core.columns.form import Form, changes, value_of
from app.core.db import audit, one_time_keys
from app.core.db.extensions import db
from app.core.db.models import FormKey
from app.core.records import data_scope, integrity_errors, queries
from app.core.values.errors import N_, AlreadyDone, DomainError, Stale

if TYPE_CHECKING:
    from app.core.screens.declaration import ScreenBase

STALE = N_(
    "Somebody changed this record meanwhile. What you typed is still here; the stored values "
    "stand beside it. Check both, then save again."
)
FIXED = N_("This record can no longer be changed.")
KEPT = N_("This record can no longer be deleted.")
MIXED = N_("The chosen records belong to different communities.")
ELSEWHERE = N_("Choose records of the same community as before.")
NO_COMMUNITY = N_("Choose the community first.")


def lookup_address(screen: ScreenBase, column: Field) -> str | None:
    """Where the browser asks for the records of a relation column."""
    if column.kind is not FieldKind.RELATION:
        return None
    lookup = (
        select.by_name(column.lookup)
        if column.lookup
        else select.of_model(queries.related_model(screen.model, column.name))
    )
    return url_for("LookupPage.find", name=lookup.name) if lookup else None


def community_of(record: Any) -> int | None:
    """The community of a record; a community is its own."""
    if type(record).__tablename__ == "community":
        return int(queries.key_of(record))
    found: int | None = getattr(record, "community_id", None)
    return found


def token(record: Any, columns: list[Field]) -> str:
    """The state in which a form shows a record: its version, else a digest of its values."""
    if (version := getattr(record, "version", None)) is not None:
        return str(version)
    values = "\0".join(raw(column, getattr(record, column.name)) for column in columns)
    return hashlib.sha256(values.encode()).hexdigest()[:16]


def given(screen: ScreenBase, columns: list[Field]) -> dict[str, Any]:
    """What the address of an empty form already says (`?unit=12`); doubtful parts are dropped."""
    found: dict[str, Any] = {}
    blank = Form.show(screen.model, columns)
    for column in columns:
        typed = request.args.get(column.name, "")
        if not typed or column.private or column.kind not in READERS:
            continue
        try:
            value = read(column, typed)
            if column.kind is FieldKind.RELATION:
                value = select.chosen(db.session, blank.lookup(column), value)
        except DomainError:
            continue
        found[column.name] = value
    return found


def page(screen: ScreenBase, form: Form, *, title: str, status: int = 200, **context: Any) -> Any:
    """The form's page; 422 when something was refused."""
    lookups = {
        name: lookup_address(screen, place.column)
        for name, place in form.fields.items()
        if place.column.kind is FieldKind.RELATION
    }
    body = screen.render(screen.form_template, form=form, title=title, lookups=lookups, **context)
    return body, status


def assign(record: Any, values: dict[str, Any]) -> None:
    """Put what was read into the record; of a relation, also of an emptied one, its key."""
    relations = inspect(type(record)).relationships
    for name, value in values.items():
        if value is KEEP:
            continue
        setattr(record, name, value)
        if name in relations:
            key = None if value is None else queries.key_of(value)
            setattr(record, queries.foreign_key(type(record), name).key, key)


def settle(record: Any, values: dict[str, Any]) -> None:
    """Give a new record the community of what it belongs to; never move an old one."""
    if not hasattr(record, "community_id") or type(record).__tablename__ == "community":
        return
    found = {community_of(value) for value in values.values() if hasattr(value, "__mapper__")}
    found.discard(None)
    if len(found) > 1:
        raise DomainError(MIXED)
    old = record.community_id
    if old is not None and found and found != {old}:
        raise DomainError(ELSEWHERE)
    if old is None and found:
        record.community_id = found.pop()
    if record.community_id is None:
        allowed = data_scope.current().communities
        if allowed is not None and len(allowed) == 1:
            record.community_id = next(iter(allowed))
        elif not type(record).community_id.nullable:
            raise DomainError(NO_COMMUNITY)
    if not data_scope.current().allows(record.community_id):
        raise DomainError(queries.GONE)


def sent_before(key: str) -> Any:
    """The answer to a form that was already sent, None for a new one."""
    known = db.session.get(FormKey, key[:64]) if key else None
    if known is None:
        return None
    flash(_("This form was already sent; nothing was done a second time."), "info")
    return redirect(known.answer or "/")


def labels(screen: ScreenBase) -> dict[str, tuple[Any, str]]:
    return integrity_errors.labels_of(screen.columns, screen.model)


def add(screen: ScreenBase) -> Any:
    """The form for a new record, and what it sends."""
    columns = screen.formed(adding=True)
    title = _("New %(one)s", one=screen.one)
    if request.method == "GET":
        form = Form.show(screen.model, columns, given=given(screen, columns))
        return page(screen, form, title=title, form_key=one_time_keys.fresh(), adding=True)
    key = request.form.get("form_key", "")
    if answer := sent_before(key):
        return answer
    form = Form.show(screen.model, columns)
    if form.read(db.session, request.form):
        try:
            return screen.after(_store_new(screen, form, key), _("Saved."))
        except AlreadyDone as error:
            db.session.rollback()
            if answer := sent_before(key):
                return answer
            form.refuse(error)
            key = one_time_keys.fresh()
        except DomainError as error:
            db.session.rollback()
            form.refuse(error)
        except IntegrityError as error:
            db.session.rollback()
            if answer := sent_before(key):
                return answer
            form.refuse(integrity_errors.explain(error, screen.model, labels(screen)))
    return page(screen, form, title=title, status=422, form_key=key, adding=True)


def _store_new(screen: ScreenBase, form: Form, key: str) -> Any:
    record = screen.model()
    assign(record, form.values)
    settle(record, form.values)
    screen.check(form.values, None)
    screen.pre_add(record)
    columns = screen.formed(adding=True)
    told = changes(columns, {}, held(record, columns))
    db.session.add(record)
    db.session.flush()
    one_time_keys.use(db.session, key, screen.url("show", pk=queries.key_of(record)))
    audit.record(
        db.session,
        "create",
        screen.screen,
        queries.key_of(record),
        title=screen.name_of(record),
        community_id=community_of(record),
        details=told,
    )
    db.session.commit()
    return record


def edit(screen: ScreenBase, pk: str) -> Any:
    """The form of a record, and what it sends."""
    columns = screen.formed(adding=False)
    paths = screen.paths(list(screen.columns))
    record = screen.get(pk, paths)
    if not screen.may_edit(record):
        raise DomainError(FIXED)
    title = _("Edit %(name)s", name=screen.name_of(record))
    form = Form.show(screen.model, columns, record)
    seen = token(record, columns)
    if request.method == "GET":
        return page(screen, form, title=title, version=seen, key=pk, adding=False)
    readable = form.read(db.session, request.form)
    status = 422
    if request.form.get("version", "") != seen:
        form.refuse(Stale(STALE))
        form.compare(record)
        status = 409
    elif readable:
        try:
            return _store_changed(screen, form, record, columns)
        except (Stale, StaleDataError):
            db.session.rollback()
            record = screen.get(pk, paths)
            form.refuse(Stale(STALE))
            form.compare(record)
            seen, status = token(record, columns), 409
        except DomainError as error:
            db.session.rollback()
            form.refuse(error)
        except IntegrityError as error:
            db.session.rollback()
            form.refuse(integrity_errors.explain(error, screen.model, labels(screen)))
    return page(screen, form, title=title, status=status, version=seen, key=pk, adding=False)


def held(record: Any, columns: list[Field]) -> dict[str, Any]:
    """What the record holds in these columns, also what the program filled in by itself."""
    return {column.name: value_of(db.session, record, column) for column in columns}


def _store_changed(screen: ScreenBase, form: Form, record: Any, columns: list[Field]) -> Any:
    before = held(record, columns)
    with db.session.no_autoflush:
        assign(record, form.values)
        settle(record, form.values)
        screen.check(form.values, record)
        screen.pre_update(record)
        changed = changes(columns, before, held(record, columns))
    if not changed:
        db.session.rollback()
        return screen.after(screen.get(queries.key_of(record)), _("Nothing was changed."))
    db.session.flush()
    audit.record(
        db.session,
        "write",
        screen.screen,
        queries.key_of(record),
        title=screen.name_of(record),
        community_id=community_of(record),
        details=changed,
    )
    db.session.commit()
    return screen.after(record, _("Saved."))


def delete(screen: ScreenBase, pk: str) -> Any:
    """Delete a record that nothing refers to; what it held stays in the record of changes."""
    record = screen.get(pk, screen.paths(list(screen.columns)))
    if not screen.may_delete(record):
        raise DomainError(KEPT)
    name = screen.name_of(record)
    screen.pre_delete(record)
    titles = {
        view.model.__tablename__: view.title
        for view in current_app.extensions["anju"].views
        if hasattr(view, "model")
    }
    if users := integrity_errors.users_of(db.session, record, titles):
        raise DomainError(integrity_errors.IN_USE, users="、".join(users))
    stored = [column for column in screen.columns if column.stored]
    held = {column.name: plain(column, getattr(record, column.name)) for column in stored}
    audit.record(
        db.session,
        "delete",
        screen.screen,
        pk,
        title=name,
        community_id=None if type(record).__tablename__ == "community" else community_of(record),
        details={column: [value, ""] for column, value in held.items() if value},
    )
    try:
        db.session.delete(record)
        db.session.flush()
    except (IntegrityError, StaleDataError) as error:
        raise DomainError(integrity_errors.IN_USE, users=_("other records")) from error
    db.session.commit()
    flash(_("Deleted: %(name)s", name=name), "success")
    return redirect(screen.url("list"))
