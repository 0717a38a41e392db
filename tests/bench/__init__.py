"""Benchmarks: `make bench`. Not tests, and no part of CI: nothing timed ever fails a build."""
