"""What is written from the models: `make generate`."""
