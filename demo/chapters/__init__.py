"""What the demo tells: a chapter for each platform, an order of it from its arrival to its end."""
