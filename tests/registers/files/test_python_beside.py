"""The Python file beside a register of an office: every fault is told, and it changes nothing."""

from __future__ import annotations

import pytest
from flask_appbuilder import Model
from sqlalchemy.orm import configure_mappers

from app.core.db.types import metadata
from tests.registers.files.own_files import CALLS, GOOD_PYTHON, assert_told, changed, own, sentences


def test_the_register_and_the_python_file_that_the_faulty_ones_are_made_from_are_good(tmp_path):
    own(tmp_path, CALLS)
    own(tmp_path, GOOD_PYTHON, "umbrella.py")
    known, said = sentences(tmp_path)
    assert said == []
    assert known["umbrella"].own


PYTHON = {
    "no syntax": ("def finish_it(session, row)\n    pass\n", 1),
    "wrong indentation": ("def finish_it(session, row):\npass\n", 2),
    "a character that is none": ("x = 1\n\x00\n", None),
    "not in UTF-8": ("def finish_it(session, row):\n    x = 'caf\udce9'\n", None),
    "a module that is not there": ("\nimport umbrellas_of_others\n", 2),
    "a name that is not there": ("from app.core.values.errors import NoSuchError\n", 1),
    "a name that nobody made": ("x = 1\ny = z\n", 2),
    "a fault when it is loaded": ("\n\nx = 1 / 0\n", 3),
    "an end when it is loaded": ("import sys\nsys.exit(3)\n", 2),
    "a fault without end": ("def f():\n    return f()\nf()\n", 2),
    "an end that is no error": ("x = 1\nraise GeneratorExit\n", 2),
    "an end as by Ctrl+C": ("raise KeyboardInterrupt\n", 1),
    "an error of a kind of its own": ("raise BaseException('x')\n", 1),
    "an error that cannot be said": (
        "class E(Exception):\n    def __str__(self): raise ValueError\nraise E\n",
        3,
    ),
    "names that are made when asked for": ("def __getattr__(name):\n    raise OSError(name)\n", 1),
    "a change of the data": (
        "from sqlalchemy import text\nfrom app.core.db.extensions import db\n"
        "db.session.execute(text('delete from ab_user'))\ndb.session.commit()\n" + GOOD_PYTHON,
        3,
    ),
    "a second class for a table": (
        "from flask_appbuilder import Model\n"
        "from sqlalchemy.orm import Mapped, mapped_column\n\nclass Again(Model):\n"
        "    __tablename__ = 'unit'\n    other: Mapped[int] = mapped_column(primary_key=True)\n"
        + GOOD_PYTHON,
        4,
    ),
    "a class of the name of one": (
        "from flask_appbuilder import Model\nfrom sqlalchemy.orm import Mapped, mapped_column\n"
        "class Unit(Model):\n    __tablename__ = 'umbrella_unit'\n"
        "    id: Mapped[int] = mapped_column(primary_key=True)\n" + GOOD_PYTHON,
        3,
    ),
    "a class on a table that is there": (
        "from flask_appbuilder import Model\nfrom app.estate.base.models import Unit\n"
        "class Again(Model):\n    __table__ = Unit.__table__\n" + GOOD_PYTHON,
        3,
    ),
    "a column for a class of the house": (
        "from sqlalchemy import Column, Integer\nfrom app.estate.base.models import Unit\n"
        "Unit.umbrellas = Column(Integer)\n" + GOOD_PYTHON,
        3,
    ),
    "a table of its own": (
        "from sqlalchemy import Column, Integer, Table\nfrom app.core.db.types import metadata\n"
        "t = Table('umbrella_own', metadata, Column('id', Integer))\n" + GOOD_PYTHON,
        3,
    ),
    "a table of the house made longer by a function": (
        "from sqlalchemy import Column, Integer\nfrom app.estate.base.models import Unit\n"
        "def more():\n    Unit.__table__.append_column(Column('x', Integer))\nmore()\n"
        + GOOD_PYTHON,
        4,
    ),
    "no function": ("def finish(session, row):\n    pass\n", 1),
    "no function but a value": ("finish_it = 5\n", 1),
    "too few values": ("\ndef finish_it(row):\n    pass\n", 2),
    "too many values": ("def finish_it(session, row, day):\n    pass\n", 1),
    "only by name": ("def finish_it(*, session, row):\n    pass\n", 1),
    "a coroutine": ("async def finish_it(session, row):\n    pass\n", 1),
    "a generator": ("def finish_it(session, row):\n    yield 1\n", 1),
    "checks that are no table": (GOOD_PYTHON + "CHECKS = [finish_it]\n", 3),
    "a check with one value": (
        GOOD_PYTHON + "def wet(value):\n    pass\nCHECKS = {'is_wet': wet}\n",
        3,
    ),
    "a check that is no function": (GOOD_PYTHON + "CHECKS = {'is_wet': 5}\n", 3),
}


@pytest.mark.parametrize("name", PYTHON)
def test_a_faulty_python_file_is_told_with_its_line(tmp_path, name):
    text, line = PYTHON[name]
    own(tmp_path, CALLS)
    own(tmp_path, text, "umbrella.py", errors="surrogateescape")
    known, said = sentences(tmp_path)
    assert "umbrella" not in known
    assert_told(said, "umbrella.py", line)


def test_a_python_file_leaves_the_tables_of_the_house_as_they_are(tmp_path):
    before = {name: [*table.c.keys()] for name, table in metadata.tables.items()}
    for name in PYTHON:
        own(tmp_path, CALLS)
        own(tmp_path, PYTHON[name][0], "umbrella.py", errors="surrogateescape")
        sentences(tmp_path)
    assert {name: [*table.c.keys()] for name, table in metadata.tables.items()} == before
    configure_mappers()
    assert len([one for one in Model.registry.mappers if one.class_.__name__ == "Unit"]) == 1


def test_a_python_file_of_one_text_is_run_once(tmp_path):
    own(tmp_path, CALLS)
    marks = tmp_path / "marks"
    own(
        tmp_path,
        f"{GOOD_PYTHON}with open({str(marks)!r}, 'a') as file:\n    file.write('x')\n",
        "umbrella.py",
    )
    for _ in range(3):
        assert sentences(tmp_path)[1] == []
    assert marks.read_text() == "x"
    own(tmp_path, "raise SystemExit\n", "umbrella.py")
    assert_told(sentences(tmp_path)[1], "umbrella.py", 1)


def test_a_python_file_beside_nothing_of_its_name_is_told(tmp_path):
    own(tmp_path, CALLS)
    own(tmp_path, GOOD_PYTHON, "umbrellas.py")
    own(tmp_path, 'extends = "key_loan"\n', "more_keys.toml")
    own(tmp_path, "", "more_keys.py")
    _known, said = sentences(tmp_path)
    for file in ("umbrellas.py", "more_keys.py", "umbrella.toml"):
        assert_told(said, file)


def test_a_check_of_the_python_file_can_be_named_by_the_register(tmp_path):
    field = '\n[[fields]]\nname = "unit"\nkind = "unit"\nlabel = { zh = "房屋", en = "Unit" }\n'
    own(tmp_path, changed(more=f'{field}warn = ["is_wet"]\n'))
    assert "umbrella" not in sentences(tmp_path)[0]
    own(
        tmp_path,
        "def wet(session, unit):\n    return '雨'\nCHECKS = {'is_wet': wet}\n",
        "umbrella.py",
    )
    assert sentences(tmp_path)[1] == []
