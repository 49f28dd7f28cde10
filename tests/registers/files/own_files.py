"""An office's own register, changed from version to version, on a database of the tests."""

from __future__ import annotations

from contextlib import contextmanager

from sqlalchemy import MetaData, insert

from app.core.db.extensions import db
from app.core.db.types import metadata
from app.core.declared import sync
from app.core.i18n.catalogue import in_chinese
from app.core.toml.faults import told
from app.registers import catalogue, tables
from app.registers.commands import NEW
from app.registers.loading import load
from tests.hostile.pages import CHINESE

BEGUN = NEW.read_text("utf-8").replace("{name}", "umbrella")
"""A file as `anju registers new umbrella` writes it: number, subject, day, open and done."""


def changed(*pairs, more=""):
    """The text of the file with old → new replaced, and something at its end."""
    text = BEGUN
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text + more


CALLS = changed(('to = "done"', 'to = "done"\ncall = "finish_it"'))
"""The register of umbrellas with a step that calls a function of the file beside it."""
GOOD_PYTHON = "def finish_it(session, row):\n    row.subject = '完'\n"


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
        self.monkeypatch.setattr(sync, "metadata", house)
        return self.definition, self.table

    def bring(self, text):
        """Declare it and bring the table to it; the sentences of the steps."""
        self.declare(text)
        db.session.commit()
        return [step.said % step.params for step in sync.bring(db.engine, [self.table])]

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


def sentences(folder):
    """What `check` says of this folder, and the registers that can be used."""
    known, problems = catalogue.looked_at(folder)
    return known, told(problems, in_chinese)


def own(folder, text, name="umbrella.toml", **options):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text, **{"encoding": "utf-8", **options})


def assert_told(said, file, line=None):
    """Some sentence in Chinese is about this file (and line)."""
    about = [one for one in said if one.startswith(f"{file}:{line or ''}")]
    assert about, said
    assert all(CHINESE.search(one) for one in about), about
