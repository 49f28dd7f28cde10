"""Mechanisms that know no feature."""
