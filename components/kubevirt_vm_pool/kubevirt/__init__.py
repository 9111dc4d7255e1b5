"""KubeVirt's own fields: what its API takes, as data, and what follows from that alone."""
