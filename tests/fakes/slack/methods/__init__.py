"""The Web API's methods, one file per family; importing this package registers them all."""

from . import chat, conversations, files, people, reactions, views

__all__ = ["chat", "conversations", "files", "people", "reactions", "views"]
