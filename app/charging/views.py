"""The screens of charging in the order of the menu."""

from __future__ import annotations

from app.charging.arrears_views import ArrearsPage
from app.charging.bill_views import BillScreen
from app.charging.billing_views import BillingPage
from app.charging.desk_views import DeskPage
from app.charging.notice_views import NoticesPage
from app.charging.payment_views import PaymentScreen
from app.charging.purse_views import PrepaymentsPage
from app.charging.setting_views import (
    AssignmentScreen,
    ChargeItemScreen,
    StandardPriceScreen,
    StandardScreen,
)
from app.charging.void_views import VoidRequestScreen

SCREENS = (
    DeskPage,
    PaymentScreen,
    VoidRequestScreen,
    PrepaymentsPage,
    ArrearsPage,
    BillingPage,
    BillScreen,
    NoticesPage,
    ChargeItemScreen,
    StandardScreen,
    StandardPriceScreen,
    AssignmentScreen,
)
