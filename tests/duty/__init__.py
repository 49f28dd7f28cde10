"""Tests of the daily log and its review."""
