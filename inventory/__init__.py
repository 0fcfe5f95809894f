"""What merchants keep in our warehouses. So far: which products we know."""
