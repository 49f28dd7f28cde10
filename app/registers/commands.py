"""The commands `anju registers …`: check the files, print the schema, make and change tables."""

from __future__ import annotations

import itertools
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import with_appcontext

from app.access import labels
from app.access.cells import cells_of_roles
from app.access.role_changes import role_labels
from app.access.seeding import forget_screens, grant, sync_rights
from app.core.db.extensions import db
from app.core.db.types import metadata
from app.core.declared import backfill, leftovers
from app.core.declared import sync as table_sync
from app.core.i18n.catalogue import in_chinese
from app.core.toml.faults import BadFiles, told
from app.core.toml.vocabulary import NAME
from app.core.values.errors import DomainError
from app.core.values.number_formats import prefix
from app.estate.base import office_hours
from app.registers import catalogue, loading, tables
from app.registers.definition import json_schema
from app.roles import Verb
from config import instance_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.access.cells import Cell

NEW = Path(__file__).parent.parent / "templates" / "registers" / "new.toml"
"""With what a register of one's own begins."""


@click.group()
def registers() -> None:
    """台账：检查文件、生成数据表。Registers from TOML files."""


@registers.command()
@click.option("--json", "as_json", is_flag=True, help="机器可读的结果。For programs.")
def check(as_json: bool) -> None:
    """检查全部台账文件，一次列出所有问题。Check every register file."""
    sources, problems = catalogue.looked_at(instance_folder() / "registers")
    sentences = told(problems, in_chinese)
    if as_json:
        click.echo(
            json.dumps(
                {"ok": not problems, "registers": sorted(sources), "problems": sentences},
                ensure_ascii=False,
            )
        )
    else:
        click.echo("\n".join([*sentences, f"{len(sources)} 个台账，{len(problems)} 个问题。"]))
    sys.exit(1 if problems else 0)


@registers.command()
def schema() -> None:
    """输出 JSON Schema，供编辑器补全。Print the JSON Schema of the format."""
    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


@registers.command()
@click.argument("name")
def new(name: str) -> None:
    """在数据目录中新建一个台账文件。Begin a register of your own."""
    folder = instance_folder() / "registers"
    path = folder / f"{name}.toml"
    if not re.fullmatch(NAME, name):
        raise click.ClickException(f"“{name}”：名称用小写英文字母、数字和下划线，字母开头。")
    if path.exists() or (loading.SHIPPED / path.name).exists():
        raise click.ClickException(f"台账 {name} 已存在，请换一个名称。")
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(_begun(name), encoding="utf-8")
    click.echo(f"已新建 {path}\n修改后运行：anju registers check，然后 anju registers sync")


def _begun(name: str) -> str:
    """The first text of a new file; its title and numbers are not those of another register."""
    text = NEW.read_text("utf-8").replace("{name}", name)
    known = loading.load(instance_folder() / "registers", catalogue.CHECKS)[0]
    heads = [one.definition.head for one in known.values()]
    if any(head.title.zh == "新台账" for head in heads):
        for title in ("新台账", "New register"):
            text = text.replace(title, f"{title} {name}")
    own = [one.definition.head.number for one in known.values() if one.own]
    if any(number and prefix(number) == "tz" for number in own):
        letters = name.replace("_", "").upper()
        taken = {prefix(head.number) for head in heads if head.number}
        tried = [letters[:n] for n in range(2, len(letters) + 1)] + [letters + "X"]
        free = next((one for one in tried if one.casefold() not in taken), letters)
        text = text.replace("TZ{year}", f"{free}{{year}}")
    return text


@registers.command()
@click.option("--plan", "only_plan", is_flag=True, help="只显示，不执行。Show only.")
@with_appcontext
def sync(only_plan: bool) -> None:
    """按台账文件更新数据表和权限，数据保留。Make tables, add columns and constraints."""
    page = next(one for one in current_app.extensions["anju"].views if one.screen == "registers")
    sources = page.sources
    if page.problems:  # what is left out for a fault would lose its rights here
        raise BadFiles(page.problems)
    own = {tables.table_name(name): source for name, source in sources.items() if source.own}
    shipped, count = loading.load(None, catalogue.CHECKS)[0], 0
    changed = [metadata.tables[name] for name in own]
    declared = [
        (
            metadata.tables[tables.table_name(name)],
            one.definition.head.number,
            one.definition.states,
        )
        for name, one in sources.items()
    ]
    try:
        table_sync.require_others(db.engine, changed)
        for step in itertools.chain(
            leftovers.notes(db.engine, changed),
            table_sync.bring(db.engine, changed, only_plan=only_plan),
            backfill.fill(db.session, declared, office_hours.times, only_plan=only_plan),
        ):
            count += step.kind != "note"
            sign = {"refuse": "✗", "note": "·"}.get(step.kind, "+")
            click.echo(f"{sign} {in_chinese(step.said) % step.params}")
    except DomainError as error:
        raise click.ClickException(in_chinese(error.message) % error.params) from error
    if not count:
        click.echo("数据表已是最新。")
    known = {tables.table_name(name) for name in sources}
    for screen in forget_screens(db.session, "register_", known):
        click.echo(f"- {screen}：文件已删除，菜单和权限移除，数据表保留")
    before = cells_of_roles(db.session)
    sync_rights(db.session)
    # What the office's own file grants beyond the shipped one; what was taken away there stays so.
    grant(
        db.session,
        *(
            {tables.table_name(one.name): catalogue.rights_of(one.definition) for one in some}
            for some in (own.values(), shipped.values())
        ),
    )
    titles = {
        tables.table_name(name): one.definition.head.title.zh for name, one in sources.items()
    }
    for line in _given(before, cells_of_roles(db.session), titles):
        click.echo(line)
    if only_plan:
        db.session.rollback()
        return
    db.session.commit()


def _given(
    before: Mapping[str, set[Cell]], after: Mapping[str, set[Cell]], titles: Mapping[str, str]
) -> Iterator[str]:
    """Each post that got rights to a register, with the rights by the names of the page."""
    called = {
        post: label or in_chinese(labels.POSTS[post])
        for post, label in role_labels(db.session).items()
    }
    for screen, title in titles.items():
        for post in after:
            new = {verb for place, verb in after[post] - before.get(post, set()) if place == screen}
            words = [in_chinese(labels.VERBS[verb]) for verb in Verb if verb in new]
            if words:
                yield f"+ 权限：{title} → {called.get(post, post)}：{'、'.join(words)}"
