"""`anju bill`: plan and post a billing run from the command line, for people or programs."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from flask.cli import with_appcontext
from flask_babel import force_locale
from sqlalchemy import select

from app.charging.billing import form, run
from app.charging.billing.labels import change_sentence, period_name
from app.charging.billing.plan_page import PlanPage
from app.charging.billing.read_facts import active_items
from app.charging.pricing import changes
from app.charging.pricing.facts import Request
from app.core.db.extensions import db
from app.core.i18n import filters
from app.core.i18n.sentences import sentence
from app.core.records import data_scope
from app.core.values.errors import N_, DomainError, NotFound
from app.core.values.period import Period
from app.estate.base.models import Community


@click.command("bill")
@click.option("--community", required=True, help="小区名称。Name of the community.")
@click.option("--period", required=True, help="账期：2026-11、2026-Q4、2026。Month, quarter, year.")
@click.option("--items", default="", help="收费项目编码或名称，逗号分隔，默认全部。Default: all.")
@click.option("--due", default="", help="应缴日，如 2026-12-31；默认按收费项目。Default: by item.")
@click.option("--plan", "only_plan", is_flag=True, help="只试算，不过账。Store nothing.")
@click.option("--lines", "with_lines", is_flag=True, help="JSON 中列出每一条。List every line.")
@click.option("--json", "as_json", is_flag=True, help="机器可读的结果。For programs.")
@with_appcontext
def bill(
    *,
    community: str,
    period: str,
    items: str,
    due: str,
    only_plan: bool,
    with_lines: bool,
    as_json: bool,
) -> None:
    """试算并过账一个账期的账单。Plan and post the bills of a period.

    Run again it adds only what is missing. Exit code 0 when done (or planned), 1 when refused.
    """
    with force_locale("zh"), data_scope.use(data_scope.EVERYTHING):
        try:
            asked = _asked(community, period, items, due)
            answer = _bill(asked, community, only_plan=only_plan, with_lines=with_lines)
        except DomainError as error:
            db.session.rollback()
            text = sentence(error)
            if isinstance(error, run.PlanChanged):
                text += " " + "；".join(change_sentence(change) for change in error.changes)
            if as_json:
                click.echo(json.dumps({"error": text, "posted": False}, ensure_ascii=False))
            else:
                click.echo(text, err=True)
            sys.exit(1)
        if as_json:
            click.echo(json.dumps(answer, ensure_ascii=False))
        else:
            _tell(answer, asked)


def _asked(name: str, period: str, items: str, due: str) -> Request:
    community_id = db.session.scalar(
        select(Community.id).where((Community.name == name) | (Community.short_code == name))
    )
    if community_id is None:
        raise NotFound(N_("There is no community “%(name)s”."), name=name)
    known = active_items(db.session)
    wanted = [word.strip() for word in items.replace("，", ",").split(",") if word.strip()]
    for word in wanted:
        if not any(word in {item.code, item.name} for item in known):
            raise NotFound(N_("There is no charge item “%(name)s” in use."), name=word)
    chosen = [item.id for item in known if not wanted or {item.code, item.name} & set(wanted)]
    when = Period.parse(period)
    return Request(community_id, when, tuple(chosen), form.due_day(due, when))


def _bill(asked: Request, name: str, *, only_plan: bool, with_lines: bool) -> dict[str, Any]:
    """Plan, and post exactly that; the answer as JSON has it."""
    made = run.plan(db.session, asked)
    answer = _described(PlanPage(db.session, made), name, with_lines=with_lines)
    run_id = None
    if not only_plan:
        shown = run.ShownPlan(made.digest, changes.marks(made), made)
        run_id = run.post(db.session, asked, shown).run_id
        db.session.commit()
    else:
        db.session.rollback()
    return {**answer, "posted": run_id is not None, "run": run_id}


def _described(page: PlanPage, name: str, *, with_lines: bool) -> dict[str, Any]:
    """The plan as JSON: money as text with two places, units by their codes."""
    made = page.plan
    answer: dict[str, Any] = {
        "community": name,
        "period": str(made.facts.request.period),
        "digest": made.digest,
        "bills": made.total.lines,
        "units": made.billed_units,
        "amount": str(made.total.amount),
        "items": [
            {
                "item": item,
                "bills": row.now.lines,
                "amount": str(row.now.amount),
                "previous": str(row.before.amount),
                "difference": str(row.difference),
                "percent": None if row.percent is None else str(row.percent),
                "due": due and due.first.isoformat(),
                "due_last": due and due.last.isoformat(),
                "past_due": due.late if due else 0,
            }
            for item, row, due in page.by_item()
        ],
        "buildings": [
            {
                "building": building,
                "bills": total.lines,
                "units": units,
                "amount": str(total.amount),
            }
            for building, _cells, total, units in page.by_building()
        ],
        "skipped_units": made.skipped_units,
        "skipped": [
            {
                "reason": row.skip.reason.value,
                "items": list(row.items),
                "units": row.count,
                "what": str(row.reason),
                "hint": row.hint,
                "some": [one.code for one in row.units],
            }
            for groups in (made.skipped, made.left_out)
            for row in page.skips(groups)
        ],
        "past_due": page.late,
        "sold_units": page.sold_units,
        "sold": [
            {
                "unit": row.unit.code,
                "on": row.day.isoformat(),
                "from": row.sellers,
                "to": row.buyers,
                "billed": row.debtor,
            }
            for row in page.sold
        ],
        "unusual": [
            {
                "kind": group.kind,
                "what": str(group.heading),
                "count": group.count,
                "of": "units" if group.bare else "bills",
                "some": [
                    {
                        "unit": row.unit.code,
                        "item": row.item,
                        "amount": str(row.amount),
                        "against": str(row.other),
                    }
                    for row in group.rows
                ],
            }
            for group in page.odd()
        ],
    }
    if with_lines:
        answer["lines"] = [
            {
                "unit": row.unit.code,
                "owner": row.unit.owner,
                "item": row.item,
                "amount": str(row.amount),
                "sentence": row.sentence,
            }
            for row in page.every_line()
        ]
    return answer


def _tell(answer: dict[str, Any], asked: Request) -> None:
    """The answer for a person."""
    click.echo(f"{answer['community']}　{period_name(asked.period)}")
    for row in answer["items"]:
        if row["bills"]:
            amount = filters.money(row["amount"])
            due = (
                row["due"]
                if row["due"] == row["due_last"]
                else (f"{row['due']} 至 {row['due_last']}")
            )
            click.echo(f"  {row['item']}：{row['bills']:,} 笔，{amount} 元，应缴日 {due}")
    if answer["past_due"]:
        click.echo(f"  请核对　应缴日已过，过账后即为欠费：{answer['past_due']:,} 笔")
    if answer["sold"]:
        some = "；".join(
            f"{row['unit']} {row['on']} {row['from'] or '—'}→{row['to'] or '—'}"
            for row in answer["sold"][:5]
        )
        more = "……" if len(answer["sold"]) > 5 else ""
        what = "账期内产权变更，整张账单归变更前的业主"
        click.echo(f"  请核对　{what}：{answer['sold_units']:,} 户　{some}{more}")
    for row in answer["skipped"]:
        some = "、".join(row["some"][:5])
        more = "……" if row["units"] > 5 else ""
        what = f"{'、'.join(row['items'])} {row['what']}"
        click.echo(f"  未出账　{what}：{row['units']:,} 户　{some}{more}")
    for row in answer["unusual"]:
        unit = "户" if row["of"] == "units" else "笔"
        click.echo(f"  请核对　{row['what']}：{row['count']:,} {unit}")
    total = f"{answer['bills']:,} 笔，共 {filters.money(answer['amount'])} 元"
    units = f"{answer['units']:,} 户"
    if answer["posted"]:
        click.echo(f"已过账 {total}（{units}，批次 {answer['run']}）。")
    elif answer["bills"]:
        click.echo(f"试算 {total}（{units}），未保存。")
    else:
        click.echo("没有需要出账的账单。")
