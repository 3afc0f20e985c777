"""What one page shows of different kinds of models."""
