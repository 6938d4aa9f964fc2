"""What stands behind the ports: the real doors to the outside, each with a harmless twin."""
