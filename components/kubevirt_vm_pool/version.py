"""The version of this project, by https://semver.org: the one place where it stands.

The distributions, and the package in other languages, are made with it (`make generate`).
CHANGELOG.md says what each version has brought.
"""

VERSION = "0.1.0"
