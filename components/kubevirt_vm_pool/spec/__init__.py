"""What may be said of a pool: models with types, defaults and descriptions, a file per topic."""
