"""Billing runs, bills and notices."""
