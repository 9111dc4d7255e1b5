"""The Pulumi engine: found or installed, run, and its reports in words."""
