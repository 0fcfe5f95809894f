"""Who we work for and where: merchants, their stores, warehouses and who works in them."""
