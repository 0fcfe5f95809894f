"""Tests of orders that a partner ships for us."""
