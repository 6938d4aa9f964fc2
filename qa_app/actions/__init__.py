"""What a visit asks for that is not a repair: an owner, a day, and whether it was done."""
