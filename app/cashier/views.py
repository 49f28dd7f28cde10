"""The screens of the cashier in the order of the menu."""

from __future__ import annotations

from app.charging.desk_views import DeskPage
from app.charging.payment_views import PaymentScreen
from app.charging.purse_views import PrepaymentsPage
from app.charging.void_views import VoidRequestScreen

SCREENS = (DeskPage, PaymentScreen, PrepaymentsPage, VoidRequestScreen)
