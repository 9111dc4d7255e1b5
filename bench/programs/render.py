"""Renders every stack of a folder in one process and prints the objects as YAML."""

import sys
from pathlib import Path

from vmpool import manifest_yaml, render
from vmpool.stack import stack_files

for stack in stack_files.all_stacks(Path(sys.argv[1])):
    manifests = render.objects_of(stack).values()
    print(manifest_yaml.as_yaml(manifests, show_secrets=True), end="")
