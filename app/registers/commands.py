"""The commands `anju registers …`: check the files, print the schema, make and change tables."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click
from babel.support import Translations
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import gettext

from app.access.seeding import forget_screens, sync_rights
from app.core.catalogue import FOLDER
from app.extensions import db
from app.registers import catalogue, checks, kinds, loading, sync
from app.registers.definition import json_schema
from app.registers.views import own_folder
from config import instance_folder

if TYPE_CHECKING:
    from collections.abc import Iterable

START = """# {name}: what it is for. The format: app/registers/FORMAT.md

[register]
title   = {{ zh = "新台账", en = "New register" }}
menu    = "office"
number  = "TZ{{year}}{{month}}-{{seq:4}}"
keepers = ["clerk"]
duties  = ["N01"]

[[fields]]
name = "subject"
kind = "text"
label = {{ zh = "事项", en = "Subject" }}
required = true

[[fields]]
name = "day"
kind = "date"
label = {{ zh = "日期", en = "Day" }}
required = true
default = "today"

[[states]]
name = "open"
label = {{ zh = "待办", en = "Open" }}
look = "warn"
due = "day + 3 days"

[[states]]
name = "done"
label = {{ zh = "已办", en = "Done" }}
look = "ok"

[[actions]]
name = "finish"
label = {{ zh = "办结", en = "Finish" }}
from = "open"
to = "done"
"""


def told(problems: Iterable[loading.Problem]) -> list[str]:
    """Each fault as `file:line: place sentence`, in Chinese."""
    words = Translations.load(str(FOLDER), ["zh"])
    return [
        f"{one.file}:{one.line}: {one.path} {words.gettext(one.message) % one.params}"
        for one in problems
    ]


@click.group()
def registers() -> None:
    """台账：检查文件、生成数据表。Registers from TOML files."""


@registers.command()
@click.option("--json", "as_json", is_flag=True, help="机器可读的结果。For programs.")
def check(as_json: bool) -> None:
    """检查全部台账文件，一次列出所有问题。Check every register file."""
    own = own_folder(str(instance_folder()))
    sources, problems = loading.load(own, checks.CHECKS)
    sentences = told(problems)
    if as_json:
        click.echo(json.dumps({"ok": not problems, "registers": sorted(sources),
                               "problems": sentences}, ensure_ascii=False))  # fmt: skip
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
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.toml"
    if path.exists() or not name.isidentifier():
        raise click.ClickException(f"{path}：文件已存在，或名称不合规范。")
    path.write_text(START.format(name=name), encoding="utf-8")
    click.echo(f"已新建 {path}\n修改后运行：anju registers check，然后 anju registers sync")


@registers.command(name="sync")
@click.option("--plan", "only_plan", is_flag=True, help="只显示，不执行。Show only.")
@with_appcontext
def sync_(only_plan: bool) -> None:
    """按台账文件更新数据表和权限，数据保留。Make tables, add columns and constraints."""
    models = catalogue.models()
    tables = [model.__table__ for model in models.values()]  # type: ignore[attr-defined]
    with db.engine.connect() as connection:
        lite = connection.dialect.name == "sqlite"
        if lite:  # a table that others point to is replaced: checked again below
            for statement in ("ROLLBACK", "PRAGMA foreign_keys = OFF", "BEGIN IMMEDIATE"):
                connection.exec_driver_sql(statement)
        steps = sync.plan(connection, tables)
        for step in steps:
            sign = "✗" if step.refused else "+"
            click.echo(f"{sign} {gettext(step.said, **step.params)}")
        if not steps:
            click.echo("数据表已是最新。")
        if only_plan:
            return
        sync.carry_out(connection, steps)
        if lite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise click.ClickException("外键检查未通过，未作任何更改。")
        connection.commit()
    db.engine.dispose()
    gone = forget_screens(db.session, "register_", {kinds.table_name(name) for name in models})
    sync_rights(db.session)
    db.session.commit()
    for screen in gone:
        click.echo(f"- {screen}：文件已删除，菜单和权限已移除，数据表保留")
    current_app.logger.info("registers synchronised: %s steps", len(steps))
