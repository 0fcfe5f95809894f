"""A Spree hub with a storefront, written from the contract: it posts, and it polls."""
