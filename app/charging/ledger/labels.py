"""The words for tenders, the states of a payment and of a void, and for whom nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from app.charging.ledger.payment_models import PaymentState
from app.charging.ledger.settling import TenderKind
from app.charging.ledger.void_models import VoidState
from app.core.i18n.filters import register_labels

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

NOBODY = _l("Owner not on file")
"""The debtor of bills that name nobody."""

UNASSIGNED = _l("Not assigned")
"""A purse of which nobody knows whose it is."""
