"""`make chaos`: many people, real processes, and everything that can break breaking at random."""
