"""Prices, standards and the plan of a run."""
