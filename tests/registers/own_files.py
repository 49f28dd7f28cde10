"""An office's own register, changed from version to version, on a database of the tests."""

from __future__ import annotations

from contextlib import contextmanager

from sqlalchemy import MetaData, insert

from app.core import table_sync
from app.core.fields import metadata
from app.extensions import db
from app.registers import catalogue, tables
from app.registers.commands import NEW
from app.registers.loading import load

BEGUN = NEW.read_text("utf-8").replace("{name}", "umbrella")
"""A file as `anju registers new umbrella` writes it: number, subject, day, open and done."""


def changed(*pairs, more=""):
    """The text of the file with old → new replaced, and something at its end."""
    text = BEGUN
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text + more


def definition_of(folder, text, name="umbrella"):
    """What the file declares; it must be right."""
    (folder / f"{name}.toml").write_text(text, "utf-8")
    known, problems = load(folder, catalogue.CHECKS)
    assert problems == []
    return known[name].definition


class Umbrellas:
    """The table of the register, brought from one version of its file to the next."""

    def __init__(self, folder, monkeypatch):
        self.folder, self.monkeypatch, self.table, self.definition = folder, monkeypatch, None, None

    def declare(self, text):
        """A further version of the file; the database does not know it yet."""
        house = MetaData(naming_convention=metadata.naming_convention)
        self.definition = definition_of(self.folder, text)
        self.table = tables.make("umbrella", self.definition, house).__table__
        self.monkeypatch.setattr(table_sync, "metadata", house)
        return self.definition, self.table

    def bring(self, text):
        """Declare it and bring the table to it; the sentences of the steps."""
        self.declare(text)
        db.session.commit()
        return [step.said % step.params for step in table_sync.bring(db.engine, [self.table])]

    def put(self, community, *rows):
        """Store rows as they would stand there."""
        db.session.execute(insert(self.table), [{"community_id": community, **row} for row in rows])
        db.session.commit()

    def rows(self, *names):
        """The stored values of these columns, in the order of their entry."""
        found = db.session.execute(self.table.select().order_by(self.table.c.id)).mappings().all()
        db.session.rollback()
        return [tuple(row[name] for name in names) for row in found]


@contextmanager
def umbrellas(folder, monkeypatch):
    """The register, and no trace of it afterwards."""
    made = Umbrellas(folder, monkeypatch)
    try:
        yield made
    finally:
        db.session.rollback()
        if made.table is not None:
            made.table.drop(db.engine, checkfirst=True)
