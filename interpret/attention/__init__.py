"""What is made of attention weights: maps through the layers, roles of heads, and tests of explanations."""
