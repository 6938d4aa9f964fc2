"""Demonstration data: fictional providers, real postcodes, dates relative to today."""
