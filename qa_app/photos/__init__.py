"""Photos: taken in durably, cleaned of everything but the picture, shown to those who may see their owner."""
