"""Organisations that run homes, their contacts and contracts."""
