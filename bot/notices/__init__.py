"""Ways to wake colleagues outside the workspaces: recipients only from people, no customer's word in them."""

from bot.notices.ways import couriers as couriers
