"""The door to Microsoft Teams: posts cards there, and hears what people do with them, at /api/messages."""
