"""Labelled columns, the forms made of them, and how records are looked up."""
