"""What is remembered: rows, their queries, the outbox and the timeline. No sentence, no platform, no rule."""
