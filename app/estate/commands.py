"""`anju import`: owner files from the command line, with an answer for people or programs."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext

from app.core import clock, scope, undoing
from app.core.errors import N_, DomainError, NotFound
from app.core.importing import Outcome, Plan
from app.core.models import ImportBatch
from app.core.texts import sentence
from app.estate import import_preview, imports
from app.estate.models import Community
from app.estate.views_batches import table_titles
from app.extensions import db

if TYPE_CHECKING:
    from app.core.undoing import Blocked
    from app.estate.imports import Incoming

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
    "--accept-conflicts", is_flag=True,
    help="业主不同时以文件为准，办理变更。Let the file's owners replace the stored ones.",
)  # fmt: skip
@click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]),
    help="业主变更日期，默认今天。From when a change of owner counts.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="机器可读的结果。For programs.")
@with_appcontext
def owners(
    *, file: Path, community: str, create: bool, only_plan: bool, skip_errors: bool,
    accept_conflicts: bool, day: datetime | None, as_json: bool,
) -> None:  # fmt: skip
    """导入业主资料。Import an owner file: the office's own, or our template.

    Exit code 0 when everything wanted was done, 1 when a row has an error (nothing is posted
    then, unless --skip-errors) or the file cannot be read.
    """
    with force_locale("zh"), scope.use(scope.EVERYTHING):
        try:
            answer = _import(
                file, community, day.date() if day else clock.today(), create=create,
                only_plan=only_plan, skip_errors=skip_errors, accept_conflicts=accept_conflicts,
            )  # fmt: skip
        except DomainError as error:
            db.session.rollback()
            if as_json:
                click.echo(json.dumps({"error": sentence(error), "posted": False},
                                      ensure_ascii=False))
            else:
                click.echo(sentence(error), err=True)
            sys.exit(1)
        if as_json:
            click.echo(json.dumps(answer, ensure_ascii=False))
        else:
            _tell(answer, only_plan=only_plan)
    if answer["errors"] and not skip_errors:
        sys.exit(1)


def _import(
    file: Path, name: str, day: date, *, create: bool, only_plan: bool, skip_errors: bool,
    accept_conflicts: bool,
) -> dict[str, Any]:  # fmt: skip
    """Read, compare and post in one transaction; the answer as JSON has it."""
    session = db.session
    known = imports.corrections(session())
    session.rollback()
    incoming = imports.read(file, file.name, known)
    community = imports.community_named(session(), name)
    if community is None and not create:
        raise NotFound(imports.NO_COMMUNITY, name=name)
    if only_plan or (incoming.file.errors and not skip_errors):
        plan = imports.compare(
            session(), incoming, community.id if community else None, day,
            accept_conflicts=accept_conflicts,
        )  # fmt: skip
        session.rollback()
        return _answer(incoming, plan, None)
    if community is None:
        community = imports.make_community(session(), name)
    plan, batch = imports.post(
        session(), incoming, community.id, day, skip_errors=skip_errors,
        accept_conflicts=accept_conflicts,
    )  # fmt: skip
    batch_id = batch.id if batch else None
    session.commit()
    return _answer(incoming, plan, batch_id, posted=True)


def _answer(
    incoming: Incoming, plan: Plan, batch_id: int | None, *, posted: bool = False
) -> dict[str, Any]:
    """What happened, or would: the figures, every problem, every conflict."""
    counts = plan.counts()
    return {
        "rows": incoming.file.count,
        "new": counts[Outcome.NEW],
        "changed": counts[Outcome.CHANGED],
        "unchanged": counts[Outcome.UNCHANGED],
        "imported": counts[Outcome.NEW] + counts[Outcome.CHANGED] if posted else 0,
        "conflicts": [
            import_preview.line_facts(line)
            for line in plan.lines
            if line.outcome is Outcome.CONFLICT
        ],
        "errors": [import_preview.problem_facts(one) for one in incoming.file.errors],
        "warnings": [import_preview.problem_facts(one) for one in incoming.file.warnings],
        "notes": [gettext(message, **params) for message, params in plan.notes],
        "skipped": dict(incoming.file.skipped),
        "hidden": list(incoming.file.hidden),
        "left_out": list(incoming.file.left_out),
        "unmatched": sorted({name for one in incoming.file.headers for name in one.unmatched}),
        "batch": batch_id,
        "posted": posted,
    }


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
    if answer["unmatched"]:
        click.echo(gettext("Columns left out: %(names)s", names="、".join(answer["unmatched"])))
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


@import_.command("undo")
@click.argument("batch", type=int)
@with_appcontext
def undo(batch: int) -> None:
    """撤销一次导入。Take an import back, as long as nothing was built on it."""
    with force_locale("zh"), scope.use(scope.EVERYTHING):
        found = db.session.get(ImportBatch, batch)
        if found is None:
            raise DomainError(N_("There is no import no. %(id)s."), id=batch)
        scope.get(db.session(), Community, found.community_id)
        try:
            removed = imports.undo(db.session(), found)
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
            sentences[one.why], what=titles.get(one.table, gettext("Other records")),
            count=one.count, id=one.batch_id,
        )
        for one in blocked.obstacles
    ]  # fmt: skip
