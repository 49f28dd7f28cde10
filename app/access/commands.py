"""`anju roles` and `anju users`: rights and accounts from the command line."""

from __future__ import annotations

import json
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import force_locale
from sqlalchemy import select

from app.access import accounts, guards
from app.access.cells import cells_of_roles, known_cells, role
from app.access.current import policy
from app.access.models import Staff
from app.access.naming import Names
from app.access.passwords import random_password
from app.access.role_changes import holders_of
from app.access.seeding import restore_default
from app.access.why import why as ask_why
from app.access.why_text import sentences
from app.core.db.extensions import db
from app.core.values.errors import N_, DomainError

as_json = click.option("--json", "as_json", is_flag=True, help="机器可读的结果。For programs.")


def say(value: Any) -> None:
    """Print for another program."""
    click.echo(json.dumps(value, ensure_ascii=False))


@click.group()
def roles() -> None:
    """查看角色权限，恢复默认权限。Roles and their rights."""


@roles.command("list")
@as_json
@with_appcontext
def list_roles(as_json: bool) -> None:
    """列出全部角色。All roles."""
    holders, cells = holders_of(db.session), cells_of_roles(db.session)
    with force_locale("zh"):
        names = Names(db.session)
    rows = [
        {"role": name, "label": label, "people": holders[name], "rights": len(cells[name])}
        for name, label in names.roles.items()
    ]
    if as_json:
        say(rows)
        return
    for row in rows:
        click.echo(f"{row['role']:<16}{row['label']}　{row['people']} 人　{row['rights']} 项权限")


@roles.command()
@click.argument("name", metavar="ROLE")
@as_json
@with_appcontext
def show(name: str, as_json: bool) -> None:
    """一个角色的全部权限。The rights of one role."""
    held = cells_of_roles(db.session)[role(db.session, name).name]
    rights = {
        screen: [verb for verb in verbs if (screen, verb) in held]
        for screen, verbs in known_cells().items()
    }
    rights = {screen: verbs for screen, verbs in rights.items() if verbs}
    if as_json:
        say({"role": name, "rights": rights})
        return
    with force_locale("zh"):
        names = Names(db.session)
        for screen, verbs in rights.items():
            click.echo(f"{names.screen(screen)}：{'、'.join(map(names.verb, verbs))}")


@roles.command()
@click.argument("username", metavar="USER")
@click.argument("screen")
@click.option("--verb", default="read", help="动作，默认 read。The verb.")
@as_json
@with_appcontext
def why(username: str, screen: str, verb: str, as_json: bool) -> None:
    """某人为什么能（或不能）看某个页面。Why may USER see SCREEN?"""
    if verb not in known_cells().get(screen, ()):
        raise DomainError(N_("There is no right “%(right)s”."), right=f"{screen}:{verb}")
    user = accounts.find_by_name(db.session, username)
    answer = ask_why(db.session, user, screen, verb)
    with force_locale("zh"):
        lines = sentences(user, answer, Names(db.session), accounts.communities(db.session))
    if as_json:
        allowed = bool(answer.paths) and answer.active
        through = [path.role for path in answer.paths]
        say({"allowed": allowed, "through": through, "sentences": lines})
        return
    for line in lines:
        click.echo(line)


@roles.command()
@click.option("--role", "name", help="只恢复这个岗位。Only this post.")
@click.option("--screen", help="只恢复这个页面。Only this screen.")
@as_json
@with_appcontext
def restore(name: str | None, screen: str | None, as_json: bool) -> None:
    """恢复程序自带的默认权限。Restore the default rights."""
    changes = restore_default(db.session, name, screen)
    db.session.commit()
    if as_json:
        say(
            {
                post: {"added": sorted(added), "removed": sorted(removed)}
                for post, (added, removed) in changes.items()
            }
        )
        return
    for post, (added, removed) in changes.items():
        click.echo(f"{post}：增加 {len(added)} 项，取消 {len(removed)} 项")
    if not changes:
        click.echo("权限已是默认，没有改动。")


@click.group()
def users() -> None:
    """账号：列出、新建、重置密码、解锁。Accounts."""


@users.command("list")
@as_json
@with_appcontext
def list_users(as_json: bool) -> None:
    """列出全部账号。All accounts."""
    rows = [
        {
            "username": user.username,
            "name": user.get_full_name(),
            "roles": sorted(guards.roles_of(db.session, user.id)),
            "active": bool(user.active),
            "locked": accounts.is_locked(user),
        }
        for user in db.session.scalars(select(Staff).order_by(Staff.id))
    ]
    if as_json:
        say(rows)
        return
    with force_locale("zh"):
        names = Names(db.session)
        for row in rows:
            state = "停用" if not row["active"] else "锁定" if row["locked"] else "启用"
            held = names.roles_text(row["roles"])
            click.echo(f"{row['username']:<16}{row['name']}　{held}　{state}")


@users.command()
@click.argument("username")
@click.option("--family", required=True, help="姓。Family name.")
@click.option("--given", required=True, help="名。Given name.")
@click.option("--role", "roles_", multiple=True, required=True, help="角色，可重复。A role.")
@click.option("--community", "names", multiple=True, help="小区名称，可重复；不写为全部小区。")
@click.option("--title", help="职务名称。Post title.")
@as_json
@with_appcontext
def create(
    *,
    username: str,
    family: str,
    given: str,
    roles_: tuple[str, ...],
    names: tuple[str, ...],
    title: str | None,
    as_json: bool,
) -> None:
    """新建账号，初始密码只显示一次。A new account; its password is shown once."""
    keys = {name: key for key, name in accounts.communities(db.session).items()}
    if unknown := [name for name in names if name not in keys]:
        raise DomainError(N_("There is no community “%(name)s”."), name=unknown[0])
    password = random_password(policy())
    user = accounts.create_user(
        db.session,
        username=username,
        family=family,
        given=given,
        roles=roles_,
        password=password,
        all_communities=not names,
        communities=[keys[name] for name in names],
        post_title=title,
        policy=policy(),
    )
    db.session.commit()
    _tell(user, password, as_json)


@users.command("reset-password")
@click.argument("username")
@as_json
@with_appcontext
def reset_password(username: str, as_json: bool) -> None:
    """换一个随机密码，首次登录须修改。A new random password, to be changed at login."""
    user = accounts.find_by_name(db.session, username)
    password = accounts.reset_password(db.session, user, policy())
    db.session.commit()
    _tell(user, password, as_json)


def _tell(user: Staff, password: str, as_json: bool) -> None:
    if as_json:
        say({"username": user.username, "password": password})
    else:
        click.echo(f"账号：{user.username}　密码：{password}　（首次登录须修改，只显示这一次）")


@users.command()
@click.argument("username")
@with_appcontext
def unlock(username: str) -> None:
    """解除因输错密码造成的锁定。Unlock an account."""
    user = accounts.find_by_name(db.session, username)
    accounts.unlock(db.session, user)
    db.session.commit()
    click.echo(f"{user.username} 可以登录了。")
