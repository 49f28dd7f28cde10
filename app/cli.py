"""The command `anju`: everything that is done without a page."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from flask import current_app
from flask.cli import ScriptInfo, with_appcontext
from flask_babel import force_locale
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from waitress.server import create_server

from app import create_app
from app.access.commands import roles, users
from app.charging.billing.commands import bill
from app.charging.ledger.checks import ledger_problems
from app.core.db import witness
from app.core.db.engine import is_busy, reading
from app.core.db.extensions import db
from app.core.i18n.catalogue import build as build_catalogue
from app.core.i18n.catalogue import in_chinese
from app.core.i18n.sentences import sentence
from app.core.jobs import worker as jobs
from app.core.records import data_scope
from app.core.reports.commands import report
from app.core.toml.faults import BadFiles, told
from app.core.values.errors import DomainError
from app.demo import accounts_sheet, load_demo
from app.estate.owner_import.commands import import_
from app.estate.screens import conflicts
from app.install import (
    back_up,
    bring_up_to_date,
    first_administrator,
    require_tables,
    why_refused,
    write_migration,
)
from app.registers.commands import registers
from config import WrongSetting, database_url, instance_folder

if TYPE_CHECKING:
    from flask import Flask

    from app.core.toml.faults import FileFault

BUSY = "数据正忙：别的程序正在写入，本次什么也没有改动。请稍候再试。"
LEFT_OUT = "台账文件有以下问题，请改正；读不懂的文件暂不使用，其余照常工作："
SECONDS_TO_STOP = 10
"""How long the end of the server waits for long work before leaving it to the next start."""


@click.group()
def anju() -> None:
    """安居：物业服务中心的后台。Anju, the back office of a property service centre."""
    data_scope.enter(data_scope.EVERYTHING)


@anju.command()
@with_appcontext
def init() -> None:
    """建立或升级数据库和权限（可重复执行）。Create or upgrade database and rights."""
    bring_up_to_date()
    witness.bring_in()
    password = first_administrator()
    click.echo("数据库和权限已是最新。")
    if password:
        click.echo(f"管理员账号：admin　初始密码：{password}　（首次登录须修改）")
    if faulty_files(current_app):
        sys.exit(1)  # everything is done, and whoever looks after the files has been told


@anju.command()
@click.option("--no-serve", is_flag=True, help="只装载数据，不启动服务。Load only.")
@with_appcontext
def demo(no_serve: bool) -> None:
    """装载演示小区并启动服务。Load the demo estates once and serve them."""
    bring_up_to_date()
    load_demo(click.echo)
    click.echo(accounts_sheet())
    if not no_serve:
        listen()


@anju.command()
@with_appcontext
def serve() -> None:
    """启动服务。Serve the pages with the production server."""
    require_tables()
    listen()


def listen() -> None:
    """Start the worker of long jobs and the page server; returns when the server is stopped."""
    host, port = current_app.config["HOST"], current_app.config["PORT"]
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    db.session.remove()
    # A service manager stops us like Ctrl+C does: what is being answered is answered.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        server = create_server(app, host=host, port=port, threads=8, ident="anju")
    except OSError as error:
        raise WrongSetting(
            f"无法监听 {host}:{port}（{error.strerror}），请用 PORT 换一个端口。"
        ) from error
    worker = jobs.start_worker(app)
    click.echo(f"安居已启动：http://{host}:{port}　按 Ctrl+C 停止")
    server.run()
    jobs.stop_worker(worker, SECONDS_TO_STOP)
    click.echo("安居已停止。")


@anju.command()
@click.option("--json", "as_json", is_flag=True, help="机器可读的结果。For programs.")
@with_appcontext
def check(as_json: bool) -> None:
    """核对账目和任务是否完好，并列出待理顺的档案。Verify the ledger and the jobs."""
    with reading():
        problems = [*ledger_problems(db.session), *jobs.problems(db.session)]
        sentences = [sentence(problem) for problem in problems]
        with data_scope.use(data_scope.EVERYTHING), force_locale("zh"):
            settle = [sentence(problem) for problem in conflicts.problems(db.session())]
    if as_json:
        answer = {"ok": not sentences, "problems": sentences}
        answer |= {"to_settle": settle} if settle else {}
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        for line in sentences:
            click.echo(f"✗ {line}")
        for line in settle:
            click.echo(f"△ {line}")
        click.echo("账目核对无误。" if not sentences else f"共 {len(sentences)} 个问题。")
    if sentences:
        sys.exit(1)


@anju.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """备份数据库到一个文件。Copy the database into one file while people work."""
    back_up(file)
    click.echo(f"已备份到 {file}")


@anju.command()
@click.argument("message")
@with_appcontext
def migration(message: str) -> None:
    """为模型的改动写一个升级脚本（开发用）。Write a migration for changed models."""
    require_tables()
    click.echo(f"app/migrations/versions/{write_migration(message)}")


@anju.command()
def translations() -> None:
    """编译界面文字。Compile the catalogues of texts."""
    click.echo(f"{build_catalogue()} texts")


for command in (import_, bill, report, roles, users, registers):
    anju.add_command(command)


def faulty_files(app: Flask) -> list[FileFault]:
    """What is wrong with the office's own register files."""
    pages = [one for one in app.extensions["anju"].views if one.screen == "registers"]
    return [fault for page in pages for fault in page.problems]


def made_for_a_command() -> Flask:
    """The application; the faulty files of the office are told, and stop no other work."""
    app = create_app()
    if (faults := faulty_files(app)) and "registers" not in sys.argv[1:2]:
        click.echo("\n".join([LEFT_OUT, *told(faults, in_chinese)]), err=True)
    return app


def address_is_readable() -> bool:
    """Can the address of the database be read, and is there a driver for it?"""
    try:
        make_url(database_url(instance_folder())).get_dialect()
    except ArgumentError:
        return False
    return True


def say_why(error: DomainError) -> NoReturn:
    """End the command with one sentence."""
    with create_app().app_context(), force_locale("zh"):
        click.echo(sentence(error), err=True)
    sys.exit(1)


def main() -> None:
    """Run `anju`; what the user did wrong is one sentence and exit code 1."""
    os.umask(0o077)  # Database, logs and files hold what only this account may read.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not stream.isatty():
            # What another program reads is UTF-8, on Windows with its code pages as well.
            stream.reconfigure(encoding="utf-8")
    try:
        anju(standalone_mode=False, obj=ScriptInfo(create_app=made_for_a_command))
    except DomainError as error:
        say_why(error)
    except (OperationalError, ProgrammingError, PoolTimeout) as error:
        if is_busy(error):
            click.echo(BUSY, err=True)
            sys.exit(1)
        with create_app().app_context():
            reason = why_refused()
        if reason is None:
            raise
        say_why(reason)
    except ArgumentError:
        if address_is_readable():
            raise
        click.echo("ANJU_DATABASE_URL：应写成 postgresql://用户:密码@主机/数据库。", err=True)
        sys.exit(1)
    except WrongSetting as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except BadFiles as bad:
        click.echo("\n".join(told(bad.problems, in_chinese)), err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)


if __name__ == "__main__":
    main()
