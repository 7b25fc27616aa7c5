"""What Facebook pages and Instagram accounts have in common: one Graph API, one webhook, one way to be told no."""
