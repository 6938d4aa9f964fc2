"""The programme of visits: planned, begun at the door, cancelled with a reason."""
