"""GL at arm's length: a compositor in a process of its own, which can be ended when it hangs."""
