"""A computed field that uses another computed field: on the page and in small tables."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import MetaData

from app.core.columns.line_tables import work_out
from app.core.db.types import metadata
from app.registers import tables
from tests.registers.files.own_files import changed, definition_of

MORE = """
[[fields]]
name = "to_pay"
kind = "computed"
label = { zh = "应付", en = "To pay" }
formula = "goods_sum + fee"
shows = "money"

[[fields]]
name = "fee"
kind = "computed"
label = { zh = "手续费", en = "Fee" }
formula = "goods_sum * 0.015"
shows = "money"

[[fields]]
name = "goods_sum"
kind = "computed"
label = { zh = "货款", en = "Goods" }
formula = 'total(goods, "with_tax")'
shows = "integer"

[[fields]]
name = "goods"
kind = "lines"
label = { zh = "物品", en = "Goods" }
columns = [
  { name = "with_tax", kind = "computed", formula = "net * 1.06", label = { zh = "含税", en = "With tax" } },
  { name = "net", kind = "computed", formula = "count * price", label = { zh = "净价", en = "Net" } },
  { name = "count", kind = "integer", label = { zh = "数量", en = "Count" } },
  { name = "price", kind = "money", label = { zh = "单价", en = "Price" } },
]
"""  # noqa: E501 - TOML wants each column on one line


def test_results_feed_further_results_whatever_their_order(tmp_path):
    definition = definition_of(tmp_path, changed(more=MORE))
    house = MetaData(naming_convention=metadata.naming_convention)
    model = tables.make("umbrella", definition, house)
    lines = work_out(model.columns["goods"], [{"count": 3, "price": "33.50"}])
    assert lines[0]["net"] == "100.50"
    assert lines[0]["with_tax"] == "106.53"
    row = model(goods=lines)
    shown = {name: model.columns[name].value(row) for name in ("goods_sum", "fee", "to_pay")}
    assert shown == {
        "goods_sum": Decimal(107),
        "fee": Decimal("1.61"),
        "to_pay": Decimal("108.61"),
    }
    assert model.columns["to_pay"].value(model()) == 0
