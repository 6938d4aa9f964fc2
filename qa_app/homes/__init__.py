"""Homes, their rooms, where they are and whose area they stand in."""
