"""Broken things: their states, clocks and due times."""
