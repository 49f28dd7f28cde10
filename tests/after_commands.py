"""Runs commands of `anju` one after another; after each it opens every page of the menu.

A process of its own (`python -m tests.after_commands FOLDER WHAT`): an office's own registers
belong to a whole process. It prints what was wrong as JSON: nothing is an empty list.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select

from app import create_app
from app.access import sessions
from app.access.models import Staff
from app.cli import main
from app.core.db.extensions import db
from app.demo import load
from tests.hostile.pages import faults
from tests.workbooks import xlsx

NAV = re.compile(r"<nav\b.*?</nav>", re.DOTALL)
LINK = re.compile(r'href="(/[^"#?]*)"')
OWNERS = [
    ["房号", "业主姓名", "联系电话", "建筑面积(㎡)", "交付日期"],
    ["1-1-101", "张三", "13800000001", 89.5, "2019-05-01"],
    ["1-1-102", "李四", "13800000002", 101.25, "2019-05-01"],
]
FIELD = '\n[[fields]]\nname = "colour"\nkind = "text"\nlabel = { zh = "颜色", en = "Colour" }\n'


def anju(*words: str, code: int = 0) -> list[str]:
    """Run a command; what is wrong with its end."""
    sys.argv, ended = ["anju", *words], 0
    out, err = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main()
    except SystemExit as end:
        ended = int(end.code or 0)
    said = " ".join([*words, str(ended), err.getvalue()])
    return [said] if ended != code or "Traceback" in err.getvalue() else []


def browser(app: Any) -> Any:
    """A client of somebody who holds every post."""
    with app.app_context():
        person = db.session.scalars(select(Staff).where(Staff.username == "all")).first()
        if person is None:
            person = Staff(
                username="all",
                first_name="五",
                last_name="王",
                email="all@example.test",
                active=True,
                password="-",
                all_communities=True,
            )
            db.session.add(person)
        person.roles = list(db.session.scalars(select(Role)))
        db.session.flush()
        values = sessions.begin(db.session, person)
        db.session.commit()
        db.session.remove()
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie.update(values)
    return client


def opened(after: str) -> list[str]:
    """Open the whole menu, and of the record of changes its last page and its workbook."""
    app = create_app(SERVER_NAME="localhost", TESTING=True)
    client = browser(app)
    home = client.get("/home/").get_data(as_text=True)
    places = sorted(set(LINK.findall("".join(NAV.findall(home)))))
    wrong = [] if len(places) > 80 else [f"after {after}: only {len(places)} pages in the menu"]
    for place in [*places, "/audit/?page=999999", "/audit/?sort=at", "/audit/export", "/rights/"]:
        answer = client.get(place)
        if answer.status_code != 200 or faults(answer):
            wrong.append(f"after {after}: {place} {answer.status_code} {faults(answer)}")
        answer.close()
    with app.app_context():
        db.engine.dispose()
    return wrong


def of_an_office(folder: Path) -> list[str]:
    """The commands of an office, from an empty folder to own registers that come and go."""
    file, own = folder / "owners.xlsx", folder / "registers" / "umbrella.toml"
    xlsx(file, {"业主": OWNERS})
    wrong = []
    for code, *words in (
        (0, "init"),
        (0, "users", "list"),
        (0, "roles", "list"),
        (0, "registers", "new", "umbrella"),
        (0, "registers", "check"),
        (0, "registers", "sync", "--plan"),
        (0, "registers", "sync"),
        (0, "init"),
        (0, "import", "owners", str(file), "--community", "安居花园", "--create"),
        (1, "bill", "--community", "安居花园", "--period", "2026-11"),
        (0, "report", "takings"),
        (0, "check"),
        (0, "backup", str(folder / "copy.db")),
        (0, "roles", "restore", "--role", "clerk"),
        (0, "import", "undo", "1"),
    ):
        if words[:2] == ["registers", "sync"] and "--plan" not in words:
            wrong += anju(*words, code=code) + opened(" ".join(words))
            own.write_text(own.read_text("utf-8") + FIELD, "utf-8")
            wrong += anju(*words, code=code)
        else:
            wrong += anju(*words, code=code)
        if words[0] in {"init", "import", "roles", "backup"} or words[1:] == ["sync"]:
            wrong += opened(" ".join(words))
    python = own.with_suffix(".py")
    python.write_text("import nothing_of_the_kind\n", "utf-8")
    wrong += anju("check") + opened("a faulty Python file")
    python.unlink()
    own.unlink()
    wrong += opened("a file removed") + anju("registers", "sync") + opened("a register gone")
    return wrong


def of_the_demo(_folder: Path) -> list[str]:
    """The demo, of one month."""
    load.MONTHS = 1
    return anju("demo", "--no-serve") + opened("demo")


if __name__ == "__main__":
    place = Path(sys.argv[1])
    os.environ["ANJU_INSTANCE"] = str(place)
    os.environ.pop("ANJU_DATABASE_URL", None)
    json.dump(
        {"office": of_an_office, "demo": of_the_demo}[sys.argv[2]](place),
        sys.stdout,
        ensure_ascii=False,
    )
