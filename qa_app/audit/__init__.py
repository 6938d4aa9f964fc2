"""Append-only: who did what, when, before and after; and the timeline of each thing."""
