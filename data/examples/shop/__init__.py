"""A very small shop: catalogue, cart and prices."""
