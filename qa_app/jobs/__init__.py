"""Work promised inside a transaction and done by a worker: at least once, with back-off, given up visibly."""
