"""The version of this project: of its distributions, and of the package in other languages."""

VERSION = "0.1.0"
