"""Units: what they watch for, and what is lost without them."""
