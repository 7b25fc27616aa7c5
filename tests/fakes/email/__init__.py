"""Between us and a real mail server: hangs up, says no, and swallows answers when it is told to."""
