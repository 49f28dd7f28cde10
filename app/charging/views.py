"""The screens of charging in the order of the menu."""

from __future__ import annotations

from app.charging.arrears_views import ArrearsPage
from app.charging.desk_views import DeskPage
from app.charging.payment_views import PaymentScreen

SCREENS = (DeskPage, PaymentScreen, ArrearsPage)
