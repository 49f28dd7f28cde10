"""The community 安居花园 and owner files for it, made on the spot."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from app.core.db.engine import prepare
from app.core.db.types import metadata
from app.core.jobs import worker
from app.estate.base.models import Building, Community, Customer, CustomerPhone, Ownership, Unit
from app.estate.owner_import import answers
from app.estate.owner_import import post as imports
from tests import postgres
from tests.workbooks import xlsx

HEADER = ["房号", "建筑面积", "业主姓名", "联系电话", "身份证号"]
ZHANG = ["1-1-101", 89.5, "张三", "13800000001", "11010519491231002X"]
LI = ["1-1-102", 126.4, "李四", "13800000002", ""]
DAY = date(2026, 11, 22)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request, tmp_path):
    """An empty database of each kind, for what several do at once."""
    if request.param == "sqlite":
        made = create_engine(f"sqlite:///{tmp_path / 'estate.db'}")
        prepare(made)
        metadata.create_all(made)
        yield made
        made.dispose()
        return
    with postgres.fresh_database(request.getfixturevalue("postgres_server")) as made:
        yield made


@pytest.fixture
def community(session):
    """安居花园, without a unit."""
    found = Community(name="安居花园", short_code="AJ")
    session.add(found)
    session.commit()
    return found


@pytest.fixture
def unit(session, community):
    """1-1-101 of 张三, who has a phone and an ID number."""
    building = Building(community_id=community.id, name="1", sort_key="000001")
    session.add(building)
    session.flush()
    unit = Unit(
        community_id=community.id,
        building_id=building.id,
        entrance="1",
        number="101",
        code="1-1-101",
        sort_key="000001-000001-000101",
        gross_area=Decimal("89.5"),
        kind="flat",
        occupancy="owner",
    )
    owner = Customer(
        community_id=community.id,
        name="张三",
        initials="zs",
        id_number="11010519491231002X",
        phones=[CustomerPhone(community_id=community.id, number="13800000001", tail="0001")],
    )
    session.add_all([unit, owner])
    session.flush()
    session.add(Ownership(community_id=community.id, unit_id=unit.id, customer_id=owner.id))
    session.commit()
    return unit


@pytest.fixture
def write(tmp_path):
    """`write(rows)` makes a workbook with the usual header; the answer is its path."""

    def make(*rows, header=HEADER, name="业主.xlsx") -> Path:
        return xlsx(tmp_path / name, {"业主": [header, *rows]})

    return make


@pytest.fixture
def bring(session, community):
    """`bring(path)` imports a file and commits; the answer is the plan and the batch."""

    def run(path, day=DAY, **options):
        incoming = imports.read(path, path.name, answers.remembered(session))
        plan, batch = imports.post(session, incoming, community.id, day, **options)
        session.commit()
        return plan, batch

    return run


@pytest.fixture
def upload(app, community):
    """`upload(client, path)` sends a file through the page; the answer is the response."""

    def send(client, path, community_id=None, **options):
        with path.open("rb") as file:
            return client.post(
                "/owner-import/upload",
                data={
                    "community": str(community_id or community.id),
                    "file": (file, options.pop("name", path.name)),
                },
                content_type="multipart/form-data",
                **options,
            )

    return send


@pytest.fixture
def post(app):
    """`post(client, preview)` confirms a preview and runs the job; the answer is the job."""

    def confirm(client, address, **form):
        page = client.get(address).get_data(as_text=True)
        seen = page.split('name="seen" value="')[1].split('"')[0]
        answer = client.post(f"{address}post", data={"seen": seen, **form})
        worker.run_pending(app)
        return answer

    return confirm


def stored(session):
    """What the estate's tables hold, in words: room → owners with phones."""
    session.rollback()
    found = {}
    for unit in session.query(Unit).order_by(Unit.sort_key):
        owners = (
            session.query(Ownership)
            .filter_by(unit_id=unit.id, ends_on=None)
            .order_by(Ownership.position)
        )
        names = []
        for one in owners:
            customer = session.get(Customer, one.customer_id)
            phones = session.query(CustomerPhone).filter_by(customer_id=customer.id)
            names.append((customer.name, *(phone.number for phone in phones)))
        found[unit.code] = names
    return found
