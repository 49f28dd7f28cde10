"""Tests of the home page and its declared duties."""
