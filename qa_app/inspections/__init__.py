"""Inspections: one person's answers about one visit, scored, and what follows from them."""
