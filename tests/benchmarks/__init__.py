"""Measurements, run by `make bench`: each beside its floor or baseline in the same run."""
