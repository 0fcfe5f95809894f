"""Files of products and of stock: what their columns are called, and what each row would do."""
