"""Finding words in what was said: the terms of a text, the index of them, and who finds what."""
