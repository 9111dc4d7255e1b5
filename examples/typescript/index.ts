// A pool that grows with its load. All arguments are described where they are written; a mistake that
// the types do not see is told in the preview, with all others in one report.
import * as pulumi from "@pulumi/pulumi";
import { VmPool } from "@pulumi/kubevirt-vm-pool";

const config = new pulumi.Config();

const pool = new VmPool("web", {
    namespace: pulumi.getStack(),
    disk: { source: { pvc: { name: "golden-image" } } },
    password: config.requireSecret("password"),
    cores: 2,
    autoscaling: { minReplicas: 2, maxReplicas: 5, targetCPUUtilizationPercentage: 60 },
    service: { ports: [{ port: 80, targetPort: 8080 }] },
    cloudInit: { packages: ["nginx"] },
    evictionStrategy: "LiveMigrateIfPossible",
});

export const url = pool.url;
