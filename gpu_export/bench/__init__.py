"""How fast this machine exports, measured on the program itself: see `suite`."""
