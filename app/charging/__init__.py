"""Charge items, standards, billing, payments, receipts and arrears."""
