"""Many stacks by one command: a queue, one stack's work, what is shown meanwhile, and a report."""
