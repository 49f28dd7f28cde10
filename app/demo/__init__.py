"""The demo: two estates, a year of bills, payments, logs and registers, made by the real acts."""

from app.demo.load import accounts_sheet, load_demo

__all__ = ["accounts_sheet", "load_demo"]
