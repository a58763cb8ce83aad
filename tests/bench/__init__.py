"""`make bench`: speed and size of the real server, in ratio to a bare relay. Measures, never tests."""
