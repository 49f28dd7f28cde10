"""The demo's daily logs of the last weeks: written, handed in, returned, approved, missing."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from app.core.db import audit
from app.core.values import clock
from app.duty.base import problems
from app.duty.log import logs
from app.duty.review import decisions

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

WORK = {
    "front_desk": (
        "接待来访业主，登记报修并派单，回访昨日已完工的维修。",
        "办理入住手续，核对资料并录入档案；接听服务热线。",
        "发放收费通知单，电话通知外地业主；整理前台登记表。",
    ),
    "collector": (
        "收取物业费，核对当日收据与现金，现金已送存银行。",
        "电话催缴逾期户，约定缴费时间；打印欠费清单交主管。",
        "核对银行到账，处理业主对账单的疑问。",
    ),
    "clerk": (
        "整理业主档案，补录缺失的联系电话。",
        "更新产权转让资料，扫描归档；核对房屋面积。",
        "收发文登记，整理会议记录。",
    ),
    "supervisor": (
        "检查各岗位日志，跟进未解决问题；协调工程部处理漏水。",
        "巡查楼道照明与卫生，发现问题已通知保洁整改。",
        "汇总本周收费进度，安排下周上门催缴。",
    ),
}
PLANS = (
    "继续跟进未完成事项。",
    "上午电话催缴，下午整理资料。",
    "配合工程部抄表，核对异常读数。",
    "准备月度收费情况汇报。",
)
TROUBLES = (
    ("单元门禁失灵，业主多次反映", "已联系维保单位，约定明日上门"),
    ("地下车库有积水", "已通知工程部排水，观察中"),
    ("业主对能耗费有疑问", "已解释计费标准，待主管回电"),
    ("楼道照明灯不亮", "已派工程部更换"),
    ("装修垃圾堆放在通道", "已联系业主当日清运"),
    ("业主资料缺身份证复印件", "已电话通知补交"),
)


@dataclass(frozen=True, slots=True)
class Writer:
    """Somebody who writes logs, and the units that their problems are about."""

    who: audit.Actor
    post: str
    unit_ids: list[int]


def working_days(today: date, weeks: int) -> list[date]:
    """Monday to Friday of the last weeks, today left out: it is still to be written."""
    days = [today - timedelta(days=back) for back in range(weeks * 7, 0, -1)]
    return [day for day in days if day.weekday() < 5]


def write_weeks(
    session: Session,
    writers: list[Writer],
    boss: audit.Actor,
    manager: audit.Actor,
    *,
    today: date,
    weeks: int = 3,
) -> int:
    """Three weeks of logs and their reviews, through the real acts; how many were written."""
    draw = random.Random(41)  # noqa: S311 - the demo is the same every time
    days = working_days(today, weeks)
    written = 0
    for day in days:
        for writer in writers:
            if draw.random() < 0.06:
                continue
            write(session, writer, day, draw)
            written += 1
            reviewer = manager if writer.post == "supervisor" else boss
            if day not in days[-1:]:
                judge(session, writer, reviewer, day, draw)
        session.expunge_all()
    return written


def write(session: Session, writer: Writer, day: date, draw: random.Random) -> None:
    """One log at the end of its day, with a new problem now and then and old ones followed."""
    user_id = writer.who.user_id or 0
    moment = datetime.combine(day, time(17, 20)) + timedelta(minutes=draw.randrange(35))
    with clock.fixed(moment), audit.acting(writer.who):
        entries = [carry(row, draw) for row in problems.of_log(session, user_id, day)]
        if draw.random() < 0.3:
            text, follow_up = draw.choice(TROUBLES)
            unit_id = draw.choice(writer.unit_ids)
            entries.append(problems.ProblemEntry(text, unit_id=unit_id, follow_up=follow_up))
        log = logs.save(
            session,
            user_id,
            day,
            version=0,
            done=draw.choice(WORK[writer.post]),
            plan=draw.choice(PLANS),
            entries=entries,
        )
        logs.submit(session, user_id, day, version=log.version)


def carry(row: problems.ListedProblem, draw: random.Random) -> problems.ProblemEntry:
    """What the writer does today with a problem that is still open."""
    problem = row.problem
    done = draw.random() < 0.35
    return problems.ProblemEntry(
        problem.text,
        unit_id=problem.unit_id,
        follow_up="已处理完毕，业主确认" if done else "继续跟进，待回复",
        closed=done,
        result="已解决" if done else "",
        id=problem.id,
    )


def judge(
    session: Session, writer: Writer, reviewer: audit.Actor, day: date, draw: random.Random
) -> None:
    """The next morning's review: mostly approved, sometimes returned and written again."""
    user_id, reviewer_id = writer.who.user_id or 0, reviewer.user_id or 0
    morning = datetime.combine(day + timedelta(days=1), time(8, 50))
    log = logs.find(session, user_id, day)
    if log is None:
        return
    if draw.random() < 0.08:
        with clock.fixed(morning), audit.acting(reviewer):
            decisions.send_back(
                session, log.id, reviewer_id, "请补充跟进结果和下一步安排。", version=log.version
            )
        with clock.fixed(morning + timedelta(hours=1)), audit.acting(writer.who):
            log = logs.save(
                session,
                user_id,
                day,
                version=log.version,
                done=f"{log.done}\n补充：已逐项联系业主并记录结果。",
                plan=log.plan,
            )
            log = logs.submit(session, user_id, day, version=log.version)
    with clock.fixed(morning + timedelta(hours=2)), audit.acting(reviewer):
        text = "做得细致，继续保持。" if draw.random() < 0.2 else ""
        decisions.approve(session, log.id, reviewer_id, version=log.version, text=text)
