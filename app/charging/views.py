"""The screens of charging in the order of the menu."""

from __future__ import annotations

from app.charging.bill_views import BillScreen
from app.charging.billing_views import BillingPage
from app.charging.notice_views import NoticesPage
from app.charging.setting_views import (
    AssignmentScreen,
    ChargeItemScreen,
    StandardPriceScreen,
    StandardScreen,
)

SCREENS = (
    BillingPage,
    BillScreen,
    NoticesPage,
    ChargeItemScreen,
    StandardScreen,
    StandardPriceScreen,
    AssignmentScreen,
)
