"""The command line as a door: what an operator asks at 3 a.m., in plain words."""
