"""Question sets: what a visit asks, as versioned data."""
