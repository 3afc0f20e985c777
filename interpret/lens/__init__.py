"""Reading a model's answer off each of its layers."""
