"""Two replicas, a PostgreSQL that breaks off, a Slack that fails one call in five, and a killer: what must happen once, happens once."""
