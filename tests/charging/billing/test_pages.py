"""The pages of billing through the browser's requests: plan, post, print, void, refuse."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.charging.ledger.bill_models import (
    Assignment,
    Bill,
    BillingRun,
    ChargeItem,
    Standard,
    StandardPrice,
)
from app.core.db.extensions import db
from app.core.db.models import Job
from app.core.jobs import worker
from tests.charging.books import Books
from tests.charging.estate import Estate


@pytest.fixture
def estate(session):
    estate = Estate(Books(session))
    estate.units = estate.ordinary()
    return estate


def asked(estate, period="2026-11", **more):
    return {
        "community": estate.community.id,
        "period": period,
        "items": [item.id for item in estate.items],
        **more,
    }


def form_of(page):
    """The hidden fields of the form that posts."""
    text = page.get_data(as_text=True)
    begin = text.index('action="/billing/post"')
    form = text[begin : text.index("</form>", begin)]
    return {
        name: value.replace("&#34;", '"')
        for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form)
    }


def test_plan_post_and_print_in_one_go(app, estate, login):
    client = login("collector")
    page = client.get("/billing/plan", query_string=asked(estate))
    assert page.status_code == 200
    assert "501.20" in page.get_data(as_text=True)
    assert db.session.scalar(select(func.count(Bill.id))) == 0
    answer = client.post("/billing/post", data=form_of(page))
    assert answer.status_code == 302
    assert worker.run_pending(app) == 1
    bills = db.session.scalars(select(Bill)).all()
    assert [bill.amount for bill in bills] == [Decimal("250.60")] * 2
    run = db.session.scalars(select(BillingRun)).one()
    assert db.session.scalars(select(Job)).one().result["url"] == f"/billing/runs/{run.id}"
    assert client.get(f"/billing/runs/{run.id}").status_code == 200
    choice = client.get(f"/notices/{run.id}").get_data(as_text=True)
    assert "人民币贰佰伍拾元陆角整" in choice
    stack = client.post(f"/notices/{run.id}/print", data={"batch": "1", **token(choice)})
    assert stack.get_data(as_text=True).count('<article class="notice">') == 2


def token(text):
    return {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', text)[1]}


def test_the_button_pressed_twice_is_one_job(app, estate, login):
    client = login("collector")
    form = form_of(client.get("/billing/plan", query_string=asked(estate)))
    first = client.post("/billing/post", data=form)
    second = client.post("/billing/post", data=form)
    assert first.location == second.location
    assert worker.run_pending(app) == 1
    assert db.session.scalar(select(func.count(BillingRun.id))) == 1


def test_a_refusal_says_what_changed_and_stores_nothing(app, estate, login):
    client = login("collector")
    form = form_of(client.get("/billing/plan", query_string=asked(estate)))
    estate.units[0].gross_area = Decimal(90)
    estate.session.commit()
    client.post("/billing/post", data=form)
    worker.run_pending(app)
    assert db.session.scalar(select(func.count(Bill.id))) == 0
    job = db.session.scalars(select(Job)).one()
    page = client.get(job.result["url"]).get_data(as_text=True)
    assert "1 个房屋的面积有变" in page
    assert estate.units[0].code in page


def test_a_job_whose_worker_died_after_posting_answers_with_the_run(app, estate, login):
    client = login("collector")
    client.post(
        "/billing/post", data=form_of(client.get("/billing/plan", query_string=asked(estate)))
    )
    worker.run_pending(app)
    job = db.session.scalars(select(Job)).one()
    url = job.result["url"]
    job.state, job.result, job.finished_at = "queued", None, None
    db.session.commit()
    assert worker.run_pending(app) == 1
    db.session.expire_all()
    assert (job.attempts, job.result["url"]) == (2, url)
    assert db.session.scalar(select(func.count(Bill.id))) == 2


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"period": "2026-13"}, 422),
        ({"period": "昨天"}, 422),
        ({"period": ""}, 422),
        ({"community": ""}, 422),
        ({"community": "999"}, 404),
        ({"community": "x"}, 404),
        ({"items": []}, 422),
        ({"items": ["NaN", "1e400", "-1"]}, 422),
        ({"page": "abc"}, 200),
        ({"page": "99999999999"}, 200),
        ({"q": "'; DROP TABLE bill; --"}, 200),
        ({"q": "<script>"}, 200),
        ({"q": "1-101", "digest": "x"}, 200),
    ],
)
def test_a_strange_choice_is_answered_with_a_sentence(estate, login, change, status):
    answer = login("collector").get("/billing/plan", query_string={**asked(estate), **change})
    assert answer.status_code == status
    assert "<script>'" not in answer.get_data(as_text=True)


def test_lines_are_searched_by_room(estate, login):
    page = login("collector").get("/billing/plan", query_string=asked(estate, q="1-1-102"))
    lines = page.get_data(as_text=True).split('id="lines"')[1]
    assert "1-1-102" in lines
    assert "1-1-101" not in lines


def test_the_front_desk_may_not_bill(estate, login):
    client = login("front_desk")
    assert client.get("/billing/").status_code == 403
    assert client.post("/billing/post", data={}).status_code in {400, 403}


def test_a_bill_is_voided_on_its_page(app, estate, login):
    collector = login("collector")
    collector.post(
        "/billing/post", data=form_of(collector.get("/billing/plan", query_string=asked(estate)))
    )
    worker.run_pending(app)
    bill = db.session.scalars(select(Bill)).first()
    client = login("supervisor")
    page = client.get(f"/bills/show/{bill.id}").get_data(as_text=True)
    client.post(f"/bills/{bill.id}/void", data={"reason": "面积有误", **token(page)})
    db.session.expire_all()
    assert (bill.state, bill.void_reason) == ("void", "面积有误")
    assert '<span class="tag tag-bad">作废</span>' in (
        client.get(f"/bills/show/{bill.id}").get_data(as_text=True)
    )


def test_a_billed_price_cannot_be_changed_or_deleted(app, estate, login):
    collector = login("collector")
    collector.post(
        "/billing/post", data=form_of(collector.get("/billing/plan", query_string=asked(estate)))
    )
    worker.run_pending(app)
    price = db.session.scalars(select(StandardPrice)).one()
    assert price.billed
    client = login("supervisor")
    page = client.get(f"/standard-prices/show/{price.id}").get_data(as_text=True)
    assert "/standard-prices/edit/" not in page
    assert client.get(f"/standard-prices/edit/{price.id}").status_code == 400
    client.post(f"/standard-prices/delete/{price.id}", data=token(page))
    db.session.expire_all()
    assert db.session.scalars(select(StandardPrice)).one().unit_price == Decimal("2.8")


def test_a_billed_standard_keeps_its_basis(app, estate, login):
    price = db.session.scalars(select(StandardPrice)).one()
    price.billed = True
    standard = db.session.scalars(select(Standard)).one()
    db.session.commit()
    client = login("supervisor")
    page = client.get(f"/standards/edit/{standard.id}").get_data(as_text=True)
    version = re.search(r'name="version" value="([^"]*)"', page)[1]
    answer = client.post(
        f"/standards/edit/{standard.id}",
        data={
            "name": standard.name,
            "item": estate.items[0].id,
            "basis": "unit",
            "cycle": "month",
            "active": "1",
            "version": version,
            **token(page),
        },
    )
    assert answer.status_code == 422
    assert "已用于出账" in answer.get_data(as_text=True)
    db.session.expire_all()
    assert standard.basis == "gross_area"


@pytest.mark.parametrize("typed", ["NaN", "1e400", "-1", "1" * 20, "Infinity", "", "2.80001"])
def test_a_price_that_is_none_is_refused(estate, login, typed):
    client = login("supervisor")
    page = client.get("/standard-prices/add").get_data(as_text=True)
    key = re.search(r'name="form_key" value="([^"]+)"', page)[1]
    standard = db.session.scalars(select(Standard)).one()
    answer = client.post(
        "/standard-prices/add",
        data={
            "standard": standard.id,
            "effective_from": "2027-01-01",
            "unit_price": typed,
            "form_key": key,
            **token(page),
        },
    )
    assert answer.status_code == 422
    assert db.session.scalar(select(func.count(StandardPrice.id))) == 1


def test_the_31st_of_february_is_no_day(estate, login):
    client = login("supervisor")
    page = client.get("/standard-prices/add").get_data(as_text=True)
    key = re.search(r'name="form_key" value="([^"]+)"', page)[1]
    standard = db.session.scalars(select(Standard)).one()
    for day, status, rows in (("2027-02-31", 422, 1), ("2028-02-29", 302, 2)):
        answer = client.post(
            "/standard-prices/add",
            data={
                "standard": standard.id,
                "effective_from": day,
                "unit_price": "3",
                "form_key": key,
                **token(page),
            },
        )
        assert answer.status_code == status
        assert db.session.scalar(select(func.count(StandardPrice.id))) == rows


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ({}, 422),
        ({"unit_kind": "flat", "unit": "unit"}, 422),
        ({"unit_kind": "shop"}, 302),
        ({"unit": "unit"}, 302),
        ({"unit_kind": "castle"}, 422),
        ({"unit_kind": "shop", "starts_on": "2026-12-01", "ends_on": "2026-11-01"}, 422),
    ],
)
def test_an_assignment_says_to_whom_it_applies(estate, login, target, status):
    client = login("supervisor")
    page = client.get("/assignments/add").get_data(as_text=True)
    standard = db.session.scalars(select(Standard)).one()
    typed = {
        name: estate.units[0].id if value == "unit" else value for name, value in target.items()
    }
    answer = client.post(
        "/assignments/add",
        data={
            "standard": standard.id,
            **typed,
            **token(page),
            "form_key": re.search(r'name="form_key" value="([^"]+)"', page)[1],
        },
    )
    assert answer.status_code == status
    assert db.session.scalar(select(func.count(Assignment.id))) == (2 if status == 302 else 1)


def test_a_run_of_another_community_does_not_exist(app, estate, login):
    run = BillingRun(
        community_id=estate.community.id,
        period_start=date(2026, 1, 1),
        period_end=date(2026, 1, 31),
        item_ids=[],
        digest="-",
        posted_on=date(2026, 1, 1),
    )
    estate.books.keep(run)
    client = login("collector")
    assert client.get("/billing/runs/2147483647").status_code == 404
    assert client.get("/billing/runs/99999999999999").status_code == 404
    assert client.get(f"/notices/{run.id}?first=nowhere").status_code == 422
    assert client.get("/billing/refused/1").status_code == 404
    assert db.session.scalar(select(func.count(ChargeItem.id))) == 1
