"""What every network must keep, asked of each in the same words."""
