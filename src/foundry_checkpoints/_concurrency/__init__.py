"""How many requests are in flight, how fast they follow each other, and who works on them."""
