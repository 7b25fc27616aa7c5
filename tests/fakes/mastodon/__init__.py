"""What stands before a Mastodon server in tests."""
