"""Tests of what is charged and what is received."""
