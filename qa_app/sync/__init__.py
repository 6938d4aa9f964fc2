"""The phone's door: the sync contract of product.md under /api/v1."""
