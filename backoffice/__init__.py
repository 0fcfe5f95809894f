"""What every admin screen shares."""
