"""The screens of charging in the order of the menu."""

from __future__ import annotations

from app.charging.billing.bill_views import BillScreen
from app.charging.billing.notice_views import NoticesPage
from app.charging.billing.tariff_views import (
    AssignmentScreen,
    ChargeItemScreen,
    StandardPriceScreen,
    StandardScreen,
)
from app.charging.billing.views import BillingPage

SCREENS = (
    BillingPage,
    BillScreen,
    NoticesPage,
    ChargeItemScreen,
    StandardScreen,
    StandardPriceScreen,
    AssignmentScreen,
)
