"""What is Mastodon's own; what every network must do stands in tests/networks/contract."""
