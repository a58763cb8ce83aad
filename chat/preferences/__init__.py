"""What a person chooses for all of their pages and conversations."""
