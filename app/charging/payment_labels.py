"""The words for tenders, the states of a payment and a void, the age of arrears, desk hits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from app.charging.arrears import Bucket
from app.charging.desk_search import Found
from app.charging.payment_models import PaymentState
from app.charging.settling import TenderKind
from app.charging.void_models import VoidState
from app.core.formats import register_labels

if TYPE_CHECKING:
    from collections.abc import Mapping

TENDERS: Mapping[str, Any] = register_labels(
    "tender",
    {
        TenderKind.CASH: _l("Cash"),
        TenderKind.WECHAT: _l("WeChat"),
        TenderKind.ALIPAY: _l("Alipay"),
        TenderKind.BANK: _l("Bank transfer"),
        TenderKind.POS: _l("Card (POS)"),
        TenderKind.PREPAYMENT: _l("Prepayment used"),
    },
)

PAYMENT_STATES: Mapping[str, Any] = register_labels(
    "payment_state",
    {PaymentState.POSTED: _l("Valid"), PaymentState.VOID: _l("Void")},
)
PAYMENT_LOOKS = {PaymentState.POSTED: "ok", PaymentState.VOID: "bad"}

VOID_STATES: Mapping[str, Any] = register_labels(
    "void_state",
    {
        VoidState.OPEN: _l("Waits for a decision"),
        VoidState.GRANTED: _l("Granted"),
        VoidState.REFUSED: _l("Not granted"),
        VoidState.DROPPED: _l("Withdrawn by who asked"),
    },
)
VOID_LOOKS = {
    VoidState.OPEN: "warn",
    VoidState.GRANTED: "ok",
    VoidState.REFUSED: "bad",
    VoidState.DROPPED: "idle",
}

BUCKETS: Mapping[str, Any] = register_labels(
    "bucket",
    {
        Bucket.DAYS_30: _l("1–30 days"),
        Bucket.DAYS_90: _l("31–90 days"),
        Bucket.DAYS_180: _l("91–180 days"),
        Bucket.DAYS_365: _l("181–365 days"),
        Bucket.LONGER: _l("Over a year"),
    },
)

NOBODY = _l("Owner not on file")
"""The debtor of bills that name nobody."""

UNASSIGNED = _l("Not assigned")
"""A purse of which nobody knows whose it is."""

CANDIDATES: Mapping[str, Any] = {
    "payer": _l("named as payer"),
    "owner": _l("Owner"),
    "tenant": _l("Tenant"),
    "former": _l("Former"),
    "debtor": _l("billed for this unit"),
    "found": _l("found"),
}
"""What a customer is to whom unassigned money may belong."""

FOUND: Mapping[str, Any] = register_labels(
    "found",
    {
        Found.ROOM: _l("Room"),
        Found.OWNER: _l("Owner"),
        Found.TENANT: _l("Tenant"),
        Found.FORMER: _l("Former"),
        Found.RESIDENT: _l("Resident"),
        Found.PLATE: _l("Plate"),
    },
)
