"""Many stacks: made from another one, listed, removed."""
