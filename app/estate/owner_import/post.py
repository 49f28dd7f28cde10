"""Brings an owner file in: read, compare, post as one batch; the same for page, job and CLI."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.core.db import audit, bulk_insert
from app.core.db.models import ImportBatch, ImportChange
from app.core.imports import batch as importing
from app.core.imports import undo as undoing
from app.core.imports.batch import ImportPlan, Outcome
from app.core.parsing.form_text import text as read_text
from app.core.records import data_scope
from app.core.sheets.questions import Answers
from app.core.values.errors import N_, DomainError, NotFound, Stale
from app.core.workbook.reader import Workbook, read_workbook
from app.estate.base import overlaps
from app.estate.base.initials import initials
from app.estate.base.models import Community, Ownership, Tenancy
from app.estate.owner_file.parse import parse_owner_file
from app.estate.owner_import import answers
from app.estate.owner_import.plan import Comparison

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from app.estate.owner_file.rows import OwnerFile

KIND = answers.KIND

NO_COMMUNITY = N_("There is no community “%(name)s”. Create it first, or import with --create.")
CHANGED_MEANWHILE = N_(
    "The stored records changed since this preview. Look at the new preview, then confirm again."
)
HAS_ERRORS = N_("%(count)s rows have errors. Correct the file, or import the good rows only.")


_NOTHING_SAID = Answers()


@dataclass(slots=True)
class Incoming:
    """A file that was read: its parsed rows and problems, and a digest of its bytes.

    `said` is what was answered for this very file; `renumbered` names, by new code, the stored
    rooms that it knows under another number.
    """

    file: OwnerFile
    digest: str
    name: str
    said: Answers = _NOTHING_SAID
    renumbered: Mapping[str, str] = field(default_factory=dict)

    @property
    def bad_rows(self) -> int:
        """How many rows an error keeps out."""
        return len({(problem.sheet, problem.row) for problem in self.file.errors})


def open_file(path: Path, name: str) -> tuple[Workbook, str]:
    """Read a file safely; its sheets and the digest of its bytes. No transaction is needed.

    :raises DomainError: it cannot be read (broken, protected, hostile, no list at all).
    """
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return read_workbook(path, title=name), digest


def read(
    path: Path, name: str, known: Answers = _NOTHING_SAID, own: Answers = _NOTHING_SAID
) -> Incoming:
    """Read and understand a file as it came; `name` is what the user called it.

    `known` is what the office said of files before, `own` what was said of this one.

    :raises DomainError: it cannot be read, or no sheet has the header of an owner list.
    """
    workbook, digest = open_file(path, name)
    return understand(workbook, digest, name, known, own)


def understand(
    workbook: Workbook,
    digest: str,
    name: str,
    known: Answers = _NOTHING_SAID,
    own: Answers = _NOTHING_SAID,
) -> Incoming:
    """The rows and problems of an opened file; DomainError when it is no list of owners."""
    with bulk_insert.many_objects():
        file = parse_owner_file(workbook, answers=answers.together(known, own))
        return Incoming(file, digest, name, own)


def compare(
    session: Session,
    incoming: Incoming,
    community_id: int | None,
    day: date,
    *,
    accept: frozenset[str] = frozenset(),
) -> ImportPlan:
    """What the file would change; `community_id` None for a community yet to be made."""
    with bulk_insert.many_objects():
        comparison = Comparison(
            session, community_id, day, accept=accept, renumbered=incoming.renumbered
        )
        return comparison.plan(incoming.file.rows)


def community_named(session: Session, name: str) -> Community | None:
    """The community of this name inside the scope."""
    found = session.scalar(select(Community).where(Community.name == name))
    if found is not None and not data_scope.current().allows(found.id):
        raise NotFound(NO_COMMUNITY, field="community", name=name)
    return found


def make_community(session: Session, name: str) -> Community:
    """A new community; its short code is made of its initials and can be changed later."""
    plain = read_text(name, max_length=80)
    if not plain:
        raise DomainError(N_("Give the new community a name."), field="community_name")
    wanted = (initials(plain) or "x")[:6].upper()
    taken = set(session.scalars(select(func.upper(Community.short_code))))
    codes = [wanted, *(f"{wanted}{number}" for number in range(2, 100))]
    community = Community(name=plain, short_code=next(code for code in codes if code not in taken))
    try:
        with session.begin_nested():
            session.add(community)
    except IntegrityError:
        # Somebody made it between our look and our insert.
        found = community_named(session, plain)
        if found is None:
            raise
        return found
    audit.record(
        session, "create", "communities", community.id, title=plain, community_id=community.id
    )
    return community


def lock(session: Session, community_id: int) -> None:
    """Let imports into one community follow one another, until this transaction ends."""
    session.execute(
        select(Community.id).where(Community.id == community_id).with_for_update()
    ).one()


def post(
    session: Session,
    incoming: Incoming,
    community_id: int,
    day: date,
    *,
    skip_errors: bool = False,
    accept: frozenset[str] = frozenset(),
    seen: str | None = None,
    seen_day: date | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> tuple[ImportPlan, ImportBatch | None]:
    """Compare again under the lock and store it all as one batch; None if nothing is new.

    `seen` is the digest of the preview that was confirmed, made for `seen_day`. Never commits.

    :raises Stale: the import would do something else than the preview said.
    :raises DomainError: rows have errors and `skip_errors` was not asked for.
    """
    if incoming.file.errors and not skip_errors:
        raise DomainError(HAS_ERRORS, count=incoming.bad_rows)
    lock(session, community_id)
    plan = compare(session, incoming, community_id, seen_day or day)
    if seen is not None and plan.digest() != seen:
        raise Stale(CHANGED_MEANWHILE)
    if accept or day != (seen_day or day):
        plan = compare(session, incoming, community_id, day, accept=accept)
    answers.remember(session, incoming.file, incoming.said)
    if not plan.writes:
        return plan, None
    batch = importing.post(
        session,
        plan,
        community_id=community_id,
        kind=KIND,
        file_name=incoming.name,
        digest=incoming.digest,
        counts=counts(incoming, plan),
        progress=progress,
    )
    return plan, batch


def undo(session: Session, batch: ImportBatch) -> dict[str, int]:
    """Take an import back, unless what it ended meets something entered since. Never commits.

    :raises Blocked: something was built on it.
    :raises DomainError: a tenancy or ownership that would run again meets a later one.
    """
    lock(session, batch.community_id)
    restored = {
        table: set(
            session.scalars(
                select(ImportChange.row_id).where(
                    ImportChange.batch_id == batch.id, ImportChange.table == table
                )
            )
        )
        for table in ("tenancy", "ownership")
    }
    removed = undoing.undo(session, batch)
    overlaps.restored(session, Tenancy, restored["tenancy"])
    overlaps.restored(session, Ownership, restored["ownership"])
    return removed


def counts(incoming: Incoming, plan: ImportPlan) -> dict[str, int]:
    """The figures of an import: rows of the list by what becomes of them."""
    found = plan.counts()
    return {
        "rows": incoming.file.count,
        **{outcome.value: found[outcome] for outcome in Outcome},
        "errors": len(incoming.file.errors),
        "bad_rows": incoming.bad_rows,
        "warnings": len(incoming.file.warnings),
    }
