"""The screens of the cashier in the order of the menu."""

from __future__ import annotations

from app.cashier.desk.views import DeskPage
from app.cashier.payments.views import PaymentScreen
from app.cashier.payments.void_views import VoidRequestScreen
from app.cashier.prepayments.views import PrepaymentsPage

SCREENS = (DeskPage, PaymentScreen, PrepaymentsPage, VoidRequestScreen)
