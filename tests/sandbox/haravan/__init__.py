"""Tests of the fake Haravan."""
