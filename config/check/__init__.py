"""The checks and test lanes behind `make check` and `make test`."""
