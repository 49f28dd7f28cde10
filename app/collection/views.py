"""The screens of collection in the order of the menu."""

from __future__ import annotations

from app.collection.arrears_views import ArrearsPage

SCREENS = (ArrearsPage,)
