"""From a configuration to a checked specification, or to one report of all that is wrong."""
