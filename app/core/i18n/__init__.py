"""Texts in two languages, and how values look on a page."""
