"""Durable messages in and out, every attempt, and the jobs that move them."""
