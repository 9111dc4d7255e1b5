// The Kubernetes provider's own main package embeds two files that its Go module lacks, as its
// repository makes them when it is built. The module has them elsewhere, in what its releases are
// made of; the build copies them here (vmpool/engine/build.py).
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

//go:embed schema.json
var schema []byte

//go:embed terraform-mapping.json
var mapping []byte

func main() {
	provider.Serve("kubernetes", version.Version, schema, mapping)
}
