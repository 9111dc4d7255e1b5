"""Whether clusters are fit for stacks, before anything is changed: read, judged, told."""
