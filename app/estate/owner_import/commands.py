"""`anju import`: owner files from the command line, with an answer for people or programs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext

from app.core.db.extensions import db
from app.core.db.models import ImportBatch
from app.core.i18n.sentences import sentence
from app.core.imports import undo as undoing
from app.core.records import data_scope
from app.core.values.errors import N_, DomainError
from app.estate.base.models import Community
from app.estate.owner_import import post, run
from app.estate.owner_import.batch_views import table_titles
from app.estate.owner_import.run import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.core.imports.undo import Blocked

SHOWN = 20
"""Problems that a person reads on the terminal; a program gets all of them."""


@click.group("import")
def import_() -> None:
    """导入资料。Bring files in."""


@import_.command("owners")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--community", required=True, help="小区名称。Name of the community.")
@click.option("--create", is_flag=True, help="小区不存在时新增。Create it if it is not there.")
@click.option("--plan", "only_plan", is_flag=True, help="只预览，不保存。Store nothing.")
@click.option("--skip-errors", is_flag=True, help="只导入正确的行。Import the good rows only.")
@click.option(
    "--accept-conflicts",
    is_flag=True,
    help="业主不同时以文件为准，办理变更。Let the file's owners replace the stored ones.",
)
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="业主变更日期，默认今天。From when a change of owner counts.",
)
@click.option(
    "--word",
    "words",
    multiple=True,
    metavar="厂房=shop",
    help="一个词的意思，out 为不导入。What a word of the file means (out: leave its rows out).",
)
@click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="QUESTION=CHOICE",
    help="回答预览列出的问题。Answer a question that --plan lists, by its key.",
)
@click.option(
    "--hidden",
    type=click.Choice(["take", "leave"]),
    help="隐藏的行列：take 导入，leave 不导入。What is hidden in the sheets.",
)
@click.option(
    "--leave-sheet",
    "sheets",
    multiple=True,
    metavar="NAME",
    help="不导入这张工作表。Leave a sheet out.",
)
@click.option(
    "--renumbered",
    multiple=True,
    metavar="104A=104",
    help="新房号=系统里的旧房号，账单随房屋保留。A new number of a stored room.",
)
@click.option("--json", "as_json", is_flag=True, help="机器可读的结果。For programs.")
@with_appcontext
def owners(*, as_json: bool, **options: Any) -> None:
    """导入业主资料。Import an owner file: the office's own, or our template.

    Exit code 0 when everything wanted was done, 1 when a row has an error or a question is open
    (nothing is posted then, unless --skip-errors) or the file cannot be read.
    """
    wanted = Wanted.of(**options)
    with force_locale("zh"), data_scope.use(data_scope.EVERYTHING):
        try:
            answer = run.run(db.session, wanted)
            db.session.commit()
        except DomainError as error:
            db.session.rollback()
            if as_json:
                click.echo(
                    json.dumps({"error": sentence(error), "posted": False}, ensure_ascii=False)
                )
            else:
                click.echo(sentence(error), err=True)
            sys.exit(1)
        if as_json:
            click.echo(json.dumps(answer, ensure_ascii=False))
        else:
            _tell(answer, only_plan=wanted.only_plan)
    if answer["errors"] and not wanted.skip_errors:
        sys.exit(1)


def _tell(answer: dict[str, Any], *, only_plan: bool) -> None:
    """The same for a person."""
    click.echo(
        gettext(
            "%(rows)s rows: %(new)s new, %(changed)s changed, %(unchanged)s unchanged, "
            "%(conflicts)s conflicts, %(errors)s errors, %(warnings)s warnings.",
            **{name: answer[name] for name in ("rows", "new", "changed", "unchanged")},
            **{name: len(answer[name]) for name in ("conflicts", "errors", "warnings")},
        )
    )
    for note in answer["notes"]:
        click.echo(f"· {note}")
    for line in _beside(answer):
        click.echo(line)
    problems = [*answer["errors"], *answer["warnings"]]
    for one in problems[:SHOWN]:
        place = f"{one['sheet']}!{one['row']} {one['column']}"
        click.echo(f"  {one['code']:<14} {place}：{one['message']}")
    if len(problems) > SHOWN:
        more = len(problems) - SHOWN
        click.echo(gettext("  … and %(count)s more (--json gives all)", count=more))
    if answer["batch"]:
        click.echo(gettext("Stored as import no. %(id)s.", id=answer["batch"]))
    elif answer["posted"]:
        click.echo(gettext("Everything in this file is stored already."))
    elif not only_plan:
        click.echo(gettext("Nothing was stored. Correct the file, or add --skip-errors."))


def _beside(answer: dict[str, Any]) -> Iterator[str]:
    """New buildings, rooms with another number, questions, and what is left out."""
    if made := answer["new_buildings"]:
        yield gettext("New buildings: %(names)s", names="、".join(map(_building, made)))
    for one in answer["renumbered"]:
        yield gettext(
            "%(code)s has the owner and the area of %(old)s: renumbered? "
            "(--renumbered %(code)s=%(old)s)",
            code=one["code"],
            old=one["old"],
        )
    for one in answer["questions"]:
        choices = " / ".join(f"{value} {label}" for value, label in one["choices"])
        state = gettext("answered: %(answer)s", answer=one["answer"]) if one["answer"] else ""
        yield f"? {one['text']} [{choices}] {state}".rstrip()
        yield f"    --answer '{one['key']}=…'"
    if answer["unmatched"]:
        yield gettext("Columns left out: %(names)s", names="、".join(answer["unmatched"]))
    for sheet, reasons in answer["cells_left_out"].items():
        told = "、".join(f"{reason} {count}" for reason, count in reasons.items())
        yield gettext("Cells of sheet %(sheet)s left out: %(told)s", sheet=sheet, told=told)


def _building(one: dict[str, Any]) -> str:
    near = "、".join(one["near"])
    if not near:
        return str(one["name"])
    return gettext("%(name)s (stored already: %(near)s)", name=one["name"], near=near)


@import_.command("undo")
@click.argument("batch", type=int)
@with_appcontext
def undo(batch: int) -> None:
    """撤销一次导入。Take an import back, as long as nothing was built on it."""
    with force_locale("zh"), data_scope.use(data_scope.EVERYTHING):
        found = db.session.get(ImportBatch, batch)
        if found is None:
            raise DomainError(N_("There is no import no. %(id)s."), id=batch)
        data_scope.get(db.session(), Community, found.community_id)
        try:
            removed = post.undo(db.session(), found)
        except undoing.Blocked as blocked:
            db.session.rollback()
            click.echo(sentence(blocked), err=True)
            for line in obstacles(blocked):
                click.echo(f"  {line}", err=True)
            sys.exit(1)
        db.session.commit()
        titles = table_titles()
        click.echo(gettext("The import was undone."))
        for table, count in removed.items():
            click.echo(f"  {titles.get(table, table)} {count}")


def obstacles(blocked: Blocked) -> list[str]:
    """What stands in the way of an undo, a sentence each."""
    titles = table_titles()
    sentences = {
        "edited": N_("%(what)s: %(count)s were edited after the import."),
        "batch": N_(
            "%(what)s: %(count)s belong to the later import no. %(id)s; undo that one first."
        ),
        "built": N_("%(what)s: %(count)s were entered for what it brought."),
    }
    return [
        gettext(
            sentences[one.why],
            what=titles.get(one.table, gettext("Other records")),
            count=one.count,
            id=one.batch_id,
        )
        for one in blocked.obstacles
    ]
