"""Fills in forms of any register as an office would, from its definition alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from app.access.models import Staff
from app.core.db.one_time_keys import fresh
from app.core.declared.fields import UNSTORED
from app.core.extras.action_routes import ROUTES as STEPS
from app.core.values import clock
from app.estate.base.models import Unit
from app.registers import catalogue
from app.registers.definition import RegisterKind
from app.registers.kinds import KINDS
from app.roles import POSTS, Verb

WORDS = {"month": "20{:02}-05", "quarter": "20{:02}-Q2", "telephone": "0571-888866{:02}"}
CARD = "11010519491231002X"
NUMBERS = {RegisterKind.INTEGER, RegisterKind.QUANTITY, RegisterKind.MONEY}


class Walk:
    """One office at work: every form gets values that no other row has."""

    def __init__(self, session, login, place):
        self.session, self.login, self.place = session, login, place
        self.count = self.units = 10
        self.sent = {}

    def rows(self, name):
        """The stored rows of the register in this community, the oldest first."""
        self.session.rollback()
        model = catalogue.models()[name]
        inside = select(model).filter_by(community_id=self.place.community)
        return list(self.session.scalars(inside.order_by(model.id)))

    def row(self, name, key):
        """A row as it is stored now."""
        return next(one for one in self.rows(name) if one.id == key)

    def stored(self, name, key):
        """Every column of a row as it is stored now, to be compared."""
        row = self.row(name, key)
        return {column.name: getattr(row, column.name) for column in row.__table__.c}

    def definition(self, name):
        return catalogue.models()[name].definition

    def rights(self, name):
        return catalogue.rights_of(self.definition(name))

    def person(self, post):
        return self.session.scalars(select(Staff.id).filter_by(username=post)).one()

    def keeper(self, name, verb=Verb.WRITE):
        """A post that writes in this register (or may do what `verb` says)."""
        return next(post for post, verbs in self.rights(name).items() if verb in verbs)

    def without(self, name, verb):
        """The posts that may not do this in the register."""
        return [post for post in POSTS if verb not in self.rights(name)[post]]

    def unit(self):
        """A further unit, so that nothing is entered twice for one."""
        model = self.session.get(Unit, self.place.unit)
        self.units += 1
        code = f"1-1-{self.units}"
        unit = Unit(
            community_id=model.community_id,
            building_id=model.building_id,
            entrance="1",
            number=str(self.units),
            code=code,
            sort_key=code,
            kind="flat",
            occupancy="owner",
        )
        self.session.add(unit)
        self.session.commit()
        return unit.id

    def value(self, field, by):
        """A right value of a field as a form sends it."""
        n = self.count
        makers = {
            RegisterKind.TEXT: lambda: (
                WORDS[field.name].format(n)
                if field.pattern
                else f"文字{n}"[: field.max_length or 200]
            ),
            RegisterKind.LONG_TEXT: lambda: f"第一行\n第二行 {n}",
            RegisterKind.CHOICE: lambda: field.must_be or field.choices[0].value,
            RegisterKind.YES_NO: lambda: "1",
            RegisterKind.DATE: lambda: f"2026-11-{n % 28 + 1:02}",
            RegisterKind.DATETIME: lambda: f"2026-11-{n % 28 + 1:02} 09:00",
            RegisterKind.TIME: lambda: "09:30",
            RegisterKind.INTEGER: lambda: str(max(field.min or 0, min(field.max or 3, 3))),
            RegisterKind.QUANTITY: lambda: "3",
            RegisterKind.MONEY: lambda: "12.50",
            RegisterKind.PHONE: lambda: "13800000001",
            RegisterKind.ID_NUMBER: lambda: CARD,
            RegisterKind.PLATE: lambda: f"浙A123{n:02}",
            RegisterKind.UNIT: self.unit,
            RegisterKind.CUSTOMER: lambda: str(self.place.owner),
            RegisterKind.USER: lambda: str(self.person(by)),
            RegisterKind.REGISTER: lambda: str(self.create(field.other).id),
        }
        return makers[field.kind]()

    def typed(self, fields, by):
        form = {"form_key": fresh(), "community": str(self.place.community)}
        for field in fields:
            if field.kind is RegisterKind.LINES:
                for column in field.columns:
                    if column.kind != "computed":
                        form[f"{field.name}.{column.name}"] = cell(column)
            elif field.kind not in {RegisterKind.COMPUTED, RegisterKind.ATTACHMENT}:
                form[field.name] = self.value(field, by)
        return form

    def create(self, name):
        """A row entered through the form with every field filled; `sent` is what was typed."""
        self.count += 1
        by = self.keeper(name)
        fields = [field for field in self.definition(name).fields if field.form]
        form = self.typed(fields, by)
        answer = self.login(by).post(f"/registers/{name}/add", data=form)
        assert answer.status_code == 302, (name, errors(answer))
        self.sent = form
        return self.rows(name)[-1]

    def actor(self, name, action, row):
        """The post of somebody who may take the action on this row."""
        taken = getattr(row, by_whom(action)) if action.not_by else None
        return next(
            post
            for post, verbs in self.rights(name).items()
            if Verb(action.right) in verbs and self.person(post) != taken
        )

    def address(self, name, action, key):
        return f"/registers/{name}/{STEPS[Verb(action.right)]}/{key}/{action.name}"

    def take(self, name, row, action):
        """Take an action with all it asks for; the row as it is then."""
        self.count += 1
        key, by = row.id, self.actor(name, action, row)
        if action.call == "sum_up":
            self.attend(row)
        named = {field.name: field for field in self.definition(name).fields}
        form = self.typed([named[one] for one in (*action.fill, *action.may_fill)], by)
        form["step_reason"] = "试一试"
        answer = self.login(by).post(self.address(name, action, key), data=form)
        assert answer.status_code == 302, (name, action.name, errors(answer))
        self.sent = form
        return self.row(name, key)

    def attend(self, row, **values):
        """A day on which the person of a monthly summary was there, or what `values` say."""
        first = date.fromisoformat(f"{row.month}-01")
        one = catalogue.models()["attendance"](
            community_id=row.community_id,
            person_id=row.person_id,
            **{
                "day": first,
                "shift": "day",
                "status": "present",
                **values,
            },
        )
        self.session.add(one)
        self.session.commit()

    def bring_to(self, name, state):
        """A new row that went the shortest way to a state."""
        row = self.create(name)
        while row.state != state:
            row = self.take(name, row, next_step(row.definition, row.state, {state}))
        return row


def next_step(definition, state, wanted):
    """The first action on the shortest way from `state` to what is wanted.

    `wanted` holds states to be reached, or pairs (state, action's name) to be taken.
    """
    ways, seen = [(state, None)], {state}
    for at, first in ways:
        for action in definition.actions:
            if at not in action.origins:
                continue
            if (at, action.name) in wanted or action.to in wanted:
                return first or action
            if action.to not in seen:
                seen.add(action.to)
                ways.append((action.to, first or action))
    return None


def by_whom(action):
    """The attribute with the person who may not take the action."""
    return "created_by_id" if action.not_by == "created_by" else f"{action.not_by}_id"


def told(field, row):
    """The stored value of a field as a form would send it."""
    stored = getattr(row, KINDS.stored_name(field))
    if field.kind in NUMBERS:
        return Decimal(stored)
    if field.kind is RegisterKind.YES_NO:
        return "1" if stored else ""
    if field.kind is RegisterKind.DATETIME:
        return clock.local(stored).strftime("%Y-%m-%d %H:%M")
    return str(stored)


def assert_stored(row, fields, sent):
    """What was typed into these fields is what the row holds."""
    for field in fields:
        if field.kind is RegisterKind.LINES:
            (line,) = getattr(row, field.name)
            for column in field.columns:
                if column.kind in {"quantity", "money"}:
                    assert Decimal(line[column.name]) == Decimal(cell(column)), column.name
                elif column.kind != "computed":
                    typed = {"yes_no": True}.get(column.kind, cell(column))
                    assert str(line[column.name]) == str(typed), column.name
        elif field.kind not in UNSTORED:
            typed = sent[field.name]
            assert told(field, row) == (Decimal(typed) if field.kind in NUMBERS else str(typed)), (
                field.name
            )


def cell(column):
    """A right value for a column of a small table."""
    return {
        "text": "物品",
        "integer": "2",
        "quantity": "2",
        "money": "3.00",
        "date": "2026-11-20",
        "time": "10:00",
        "yes_no": "1",
    }.get(column.kind) or column.choices[0].value


def errors(answer):
    """What a page says is wrong, for the message of a failing test."""
    parts = answer.text.split("field-error")[1:] + answer.text.split("alert")[1:]
    return answer.status_code, [part[:160] for part in parts]


def state_of(definition, name):
    """The state of this name."""
    return next(state for state in definition.states if state.name == name)
