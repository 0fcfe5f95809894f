"""Tests of what speaks to platforms."""
