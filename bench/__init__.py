"""The benchmark: `make bench` measures, side by side, and writes docs/benchmarks.md."""
