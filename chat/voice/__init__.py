"""Speech: dictating, reading aloud, and talking with a model."""
