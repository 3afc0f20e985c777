"""Words as points: a model's vectors, who stands near whom, maps of them and how far to believe those."""
