"""Records of the mechanisms: jobs, audit, form keys, gapless counters and import batches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db.types import BigId, Json, word
from app.core.values import clock

PICTURES = frozenset({"jpg", "png", "webp"})
"""Kinds of attachment that are shown as pictures."""


class Job(Model):
    """Long work with progress: an import, a billing run, a large report.

    `key` makes a job unique (the same request twice is one job); `heartbeat_at` tells a
    restarted worker which jobs nobody works on any more; `attempts` counts the starts and
    is the proof of who works on it now. It speaks the `language` of its owner.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_state_created_at", "state", "created_at"),
        Index("ix_job_user_created_at", "user_id", "created_at"),
        CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed', 'cancelled')", name="state_known"
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(word(40), nullable=False)
    title: Mapped[str] = mapped_column(String(200), nullable=False)
    key: Mapped[str | None] = mapped_column(String(120), unique=True)
    arguments: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False, default=dict)
    state: Mapped[str] = mapped_column(word(), nullable=False, default="queued")
    done: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    total: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    step: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    result: Mapped[dict[str, Any] | None] = mapped_column(Json)
    error: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    language: Mapped[str] = mapped_column(word(8), nullable=False, default="zh")
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now, nullable=False)
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class AuditEntry(Model):
    """Who did what to which record, and what it was before (S03, E07)."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_record", "screen", "record_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now, nullable=False, index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"), index=True)
    user_name: Mapped[str] = mapped_column(String(128), nullable=False, default="")
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"))
    act: Mapped[str] = mapped_column(word(40), nullable=False)
    screen: Mapped[str] = mapped_column(word(60), nullable=False)
    record_id: Mapped[str | None] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    details: Mapped[dict[str, Any] | None] = mapped_column(Json)


class FormKey(Model):
    """A one-time key of a form: the second submission finds it used (nothing twice)."""

    __tablename__ = "form_key"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    used_at: Mapped[datetime] = mapped_column(default=clock.now, nullable=False, index=True)
    answer: Mapped[str | None] = mapped_column(String(300))


class Counter(Model):
    """The last number given out in a series; the row is locked while one is taken."""

    __tablename__ = "counter"
    __table_args__ = (UniqueConstraint("community_id", "series", "span"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False)
    series: Mapped[str] = mapped_column(word(40), nullable=False)
    span: Mapped[str] = mapped_column(word(), nullable=False, default="")
    last: Mapped[int] = mapped_column(Integer, nullable=False, default=0)


class ImportBatch(Model):
    """One import of an owner file: what it did, and whether it was undone."""

    __tablename__ = "import_batch"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    community_id: Mapped[int] = mapped_column(
        ForeignKey("community.id"), nullable=False, index=True
    )
    kind: Mapped[str] = mapped_column(word(40), nullable=False, default="owners")
    file_name: Mapped[str] = mapped_column(String(200), nullable=False)
    digest: Mapped[str] = mapped_column(String(64), nullable=False)
    state: Mapped[str] = mapped_column(word(), nullable=False, default="posted")
    counts: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False, default=dict)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    posted_at: Mapped[datetime] = mapped_column(default=clock.now, nullable=False)
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))


class ImportChange(Model):
    """A record that an import changed (not created): what it was before, for the undo."""

    __tablename__ = "import_change"
    __table_args__ = (Index("ix_import_change_row", "table_name", "row_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"), nullable=False, index=True)
    table: Mapped[str] = mapped_column("table_name", word(40), nullable=False)
    row_id: Mapped[int] = mapped_column(BigId, nullable=False)
    before: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False)
    after: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False)
    version: Mapped[int] = mapped_column(Integer, nullable=False)


class Attachment(Model):
    """A photo or paper that belongs to a record; the file itself lies in the instance folder."""

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_record", "screen", "record_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"))
    screen: Mapped[str] = mapped_column(word(60), nullable=False)
    record_id: Mapped[int] = mapped_column(BigId, nullable=False)
    field: Mapped[str] = mapped_column(word(40), nullable=False)
    token: Mapped[str] = mapped_column(String(32), nullable=False, unique=True)
    name: Mapped[str] = mapped_column(String(130), nullable=False)
    kind: Mapped[str] = mapped_column(word(10), nullable=False)
    size: Mapped[int] = mapped_column(Integer, nullable=False)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    added_at: Mapped[datetime] = mapped_column(default=clock.now, nullable=False)

    @property
    def is_picture(self) -> bool:
        return self.kind in PICTURES


class HeaderMapping(Model):
    """How a header was matched to our columns, remembered for the next file like it."""

    __tablename__ = "header_mapping"
    __table_args__ = (UniqueConstraint("kind", "fingerprint"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(word(), nullable=False)
    fingerprint: Mapped[str] = mapped_column(String(64), nullable=False)
    mapping: Mapped[dict[str, Any]] = mapped_column(Json, nullable=False)
    labels: Mapped[list[Any] | None] = mapped_column(Json)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("ab_user.id"))
    changed_at: Mapped[datetime] = mapped_column(default=clock.now, nullable=False)
