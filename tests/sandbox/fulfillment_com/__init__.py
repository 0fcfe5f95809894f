"""Tests of the fake partner warehouse."""
