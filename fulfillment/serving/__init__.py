"""What is asked of us at a desk: take, change, cancel, check an address, say what left."""
