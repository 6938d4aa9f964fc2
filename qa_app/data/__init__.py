"""Facts of the field in versioned files, each with its source and how sure we are of it."""
