"""The rules of inspections: plain values in, plain values out; no session, clock or web request."""
