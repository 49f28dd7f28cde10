"""Fills in forms of any register as an office would, from its definition alone."""

from __future__ import annotations

from sqlalchemy import select

from app.access.models import Staff
from app.core.formkeys import fresh
from app.core.step_routes import ROUTES as STEPS
from app.estate.models import Unit
from app.registers import catalogue
from app.registers.definition import Kind
from app.roles import Verb

WORDS = {"month": "20{:02}-05", "quarter": "20{:02}-Q2", "telephone": "0571-888866{:02}"}
CARD = "11010519491231002X"


class Walk:
    """One office at work: every form gets values that no other row has."""

    def __init__(self, session, login, place):
        self.session, self.login, self.place = session, login, place
        self.count = self.units = 10

    def rows(self, name):
        self.session.expire_all()
        return self.session.query(catalogue.models()[name]).order_by("id").all()

    def definition(self, name):
        return catalogue.models()[name].definition

    def person(self, post):
        return self.session.scalars(select(Staff.id).filter_by(username=post)).one()

    def keeper(self, name):
        """A post that writes in this register."""
        posts = catalogue.rights_of(self.definition(name))
        return next(post for post, verbs in posts.items() if Verb.WRITE in verbs)

    def unit(self):
        """A further unit, so that nothing is entered twice for one."""
        model = self.session.get(Unit, self.place.unit)
        self.units += 1
        code = f"1-1-{self.units}"
        unit = Unit(
            community_id=model.community_id, building_id=model.building_id, entrance="1",
            number=str(self.units), code=code, sort_key=code, kind="flat", occupancy="owner",
        )
        self.session.add(unit)
        self.session.commit()
        return unit.id

    def value(self, field, by):
        """A right value of a field as a form sends it."""
        n = self.count
        makers = {
            Kind.TEXT: lambda: WORDS[field.name].format(n) if field.pattern
            else f"文字{n}"[:field.max_length or 200],
            Kind.LONG_TEXT: lambda: f"第一行\n第二行 {n}",
            Kind.CHOICE: lambda: field.must_be or field.choices[0].value,
            Kind.YES_NO: lambda: "1",
            Kind.DATE: lambda: f"2026-11-{n % 28 + 1:02}",
            Kind.DATETIME: lambda: f"2026-11-{n % 28 + 1:02} 09:00",
            Kind.TIME: lambda: "09:30",
            Kind.INTEGER: lambda: str(max(field.min or 0, min(field.max or 3, 3))),
            Kind.QUANTITY: lambda: "3",
            Kind.MONEY: lambda: "12.50",
            Kind.PHONE: lambda: "13800000001",
            Kind.ID_NUMBER: lambda: CARD,
            Kind.PLATE: lambda: f"浙A123{n:02}",
            Kind.UNIT: self.unit,
            Kind.CUSTOMER: lambda: str(self.place.owner),
            Kind.USER: lambda: str(self.person(by)),
            Kind.REGISTER: lambda: str(self.create(field.other).id),
        }  # fmt: skip
        return makers[field.kind]()

    def typed(self, fields, by):
        form = {"form_key": fresh(), "community": str(self.place.community)}
        for field in fields:
            if field.kind is Kind.LINES:
                for column in field.columns:
                    if column.kind != "computed":
                        form[f"{field.name}.{column.name}"] = _cell(column)
            elif field.kind not in {Kind.COMPUTED, Kind.ATTACHMENT}:
                form[field.name] = self.value(field, by)
        return form

    def create(self, name):
        """A row entered through the form with every field filled."""
        self.count += 1
        by = self.keeper(name)
        fields = [field for field in self.definition(name).fields if field.form]
        form = self.typed(fields, by)
        answer = self.login(by).post(f"/registers/{name}/add", data=form)
        assert answer.status_code == 302, (name, _errors(answer))
        return self.rows(name)[-1]

    def actor(self, name, action, row):
        """The post of somebody who may take the action on this row."""
        posts = catalogue.rights_of(self.definition(name))
        taken = None
        if action.not_by:
            attribute = "created_by_id" if action.not_by == "created_by" else f"{action.not_by}_id"
            taken = getattr(row, attribute)
        return next(post for post, verbs in posts.items()
                    if Verb(action.right) in verbs and self.person(post) != taken)  # fmt: skip

    def address(self, name, action, key):
        return f"/registers/{name}/{STEPS[Verb(action.right)]}/{key}/{action.name}"

    def take(self, name, row, action):
        """Take an action with all it asks for; the row as it is then."""
        self.count += 1
        key, by = row.id, self.actor(name, action, row)
        named = {field.name: field for field in self.definition(name).fields}
        form = self.typed([named[one] for one in (*action.fill, *action.may_fill)], by)
        form["step_reason"] = "试一试"
        answer = self.login(by).post(self.address(name, action, key), data=form)
        assert answer.status_code == 302, (name, action.name, _errors(answer))
        return next(one for one in self.rows(name) if one.id == key)


def _cell(column):
    return {"text": "物品", "integer": "2", "quantity": "2", "money": "3.00", "date": "2026-11-20",
            "time": "10:00", "yes_no": "1"}.get(column.kind) or column.choices[0].value  # fmt: skip


def _errors(answer):
    parts = answer.text.split("field-error")[1:] + answer.text.split("alert")[1:]
    return answer.status_code, [part[:160] for part in parts]
