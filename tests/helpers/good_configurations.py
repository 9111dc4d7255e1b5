"""Configurations that are sound, though some look like mistakes."""

from __future__ import annotations

from configurations import ED25519_KEY

# Sound, though it looks like a mistake.
GOOD = [
    "replicas:",
    "replicas: 0",
    "replicas: 5",
    "memory: 2048Mi",
    "memory: 2.5Gi",
    "memory: 1e9",
    "memory: 2G",
    "cpuRequest: 500m",
    "cpuRequest: 0.5",
    "name: web",
    f"name: {'a' * 55}",
    f"namespace: {'a' * 63}",
    "namespace: 5-users",
    "createNamespace: true",
    "disk: {source: {pvc: {name: golden}}}",
    "disk: {source: {pvc: {name: golden.v2, namespace: images}}}",
    "disk: {source: {dataSource: {name: fedora}}}",
    "disk: {source: {snapshot: {name: fedora}}}",
    'disk: {source: {registry: {url: "docker://quay.io/containerdisks/fedora:42"}}}',
    'disk: {source: {http: {url: "https://example.com/a.qcow2", secretRef: token}}}',
    "disk: {storageClassName: , source: {pvc: {name: golden}}}",
    "disk: {accessModes: [ReadWriteOnce, ReadWriteMany], source: {pvc: {name: golden}}}",
    "tolerations: [{operator: Exists}]",
    'tolerations: [{key: "", operator: Exists, effect: ""}]',
    "tolerations: [{key: baremetal}]",
    "tolerations: [{key: a.io/b, operator: Exists}, {key: a.io/b, operator: Exists}]",
    "tolerations: [{key: a, effect: NoExecute, tolerationSeconds: 60}]",
    "nodeSelector: {kubernetes.io/arch: amd64}",
    "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: "
    "[{weight: 1, preference: {matchExpressions: [{key: cpus, operator: Gt, values: ['4']}]}}]}}",
    "topologySpreadConstraints: "
    "[{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, minDomains: 2},"
    " {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}]",
    "service: {ports: [{port: 53, name: udp, protocol: UDP}, {port: 53, name: tcp}]}",
    "service: {type: NodePort, ports: [{port: 80, nodePort: 30080}]}",
    "service: {type: LoadBalancer, ports: [{port: 80, nodePort: 80, targetPort: 8080}]}",
    "service: {type: NodePort, ports: [{port: 53, name: udp, protocol: UDP, nodePort: 30053},"
    " {port: 53, name: tcp, nodePort: 30053}]}",
    "service: {ports: [{port: 53, protocol: UDP}]}\nreadinessProbe: {tcpSocket: {port: 80}}",
    "service: {ports: [{port: 53, protocol: UDP}]}\nreadinessProbe: {enabled: false}",
    "readinessProbe: {guestAgentPing: {}}",
    "readinessProbe: {httpGet: {port: 80, path: /healthz, scheme: HTTP}}",
    "readinessProbe: {exec: {command: [cat, /tmp/ready]}, timeoutSeconds: 5}",
    "instancetype: {name: u1.small}\nautoscaling: {maxReplicas: 5, targetCPUAverageValue: 500m}",
    "instancetype: {name: u1.small, kind: VirtualMachineInstancetype}\nautoscaling:",
    "autoscaling: {maxReplicas: 2, targetCPUUtilizationPercentage: 400}",
    "autoscaling:\nreplicas: 40",
    "rollout: {maxUnavailable: 25%}",
    "rollout: {strategy: unmanaged}",
    "scaleIn: {order: DescendingOrder, keepDisks: true}",
    'kubevirtVersion: "1.10"',
    "kubevirtVersion: v1.9.0-rc.0",
    'kubevirtVersion: "1.5"\nrollout: {maxUnavailable: 100%}',
    'kubevirtVersion: "1.6"\nscaleIn: {keepDisks: false}',
    'kubevirtVersion: "1.7"\npoolApiVersion: v1beta1',
    'labels: {example.com/team: Web_1.a, empty: ""}',
    'annotations: {example.com/note: "any text: at all"}',
    "cloudInit: {timezone: UTC}",
    "cloudInit: {user: _fedora-1}",
    "cloudInit: {packages: [nginx, 'vim=2:9.0']}",
    "cloudInit: {runCommands: [systemctl enable nginx, [echo, '5']]}",
    "cloudInit: {config: {write_files: [{path: /a, content: b}], package_update: true}}",
    f"password:\ncloudInit: {{sshAuthorizedKeys: ['{ED25519_KEY}']}}",
    f"cloudInit: {{sshAuthorizedKeys: ['from=\"10.0.0.0/8, ::1\" {ED25519_KEY}']}}",
    "password:\ncloudInit: {config: {users: [default]}}",
    "password:\ncloudInit: {config: {chpasswd: {list: ['root:x']}}}",
    'password:\ncloudInit: {userData: "#cloud-config\\npassword: x"}',
    'password:\ncloudInit: {userData: "#!/bin/sh\\nuseradd ann"}',
    'password:\ncloudInit: {userData: "#cloud-config-archive\\n- content: x"}',
    "cloudInit: {networkData: {version: 2, ethernets: {enp1s0: {dhcp4: true}}}}",
    'cloudInit: {networkData: "network: {version: 1, config: []}"}',
    "volumes: [{name: site, configMap: {name: site, volumeLabel: site, optional: true}}]",
    "volumes: [{name: a, secret: {secretName: a.b}}, {name: b, secret: {secretName: a.b}}]",
    "perReplica: {spare: 2}",
    "perReplica: {hostname: '{{ index }}'}",
    "perReplica: {hostname: '{{ values }}', values: {0: a, 1: b, 2: c, 3: d, 4: e, 5: f, 6: g}}",
    "perReplica: {networkData: '{{ values }}', spare: 0, values: [{version: 2}, {version: 2},"
    " {version: 2}, {version: 2}, {version: 1, config: []}]}",
    "password:\nperReplica: {generate: {login: {length: 12}}, password: '{{ generated.login }}'}",
    "password:\nperReplica: {userData: \"#!/bin/sh\\nuseradd '{{ name }}'\"}",
    "password:\ncloudInit: {userData: '#cloud-config'}\nperReplica: {config: {users: [default]}}",
    "perReplica: {secrets: {tls: {}}}\nvolumes: [{name: tls, secret: {secretName: tls}}]",
    'kubevirtVersion: "1.7"\nperReplica: {secrets: {tls: {a: b}}, configMaps: {site: {}}}\n'
    "volumes: [{name: tls, secret: {secretName: tls}}, {name: site, configMap: {name: site}}]",
]

# The same, with objects beside those of every pool.
WITH_MORE_OBJECTS = [
    "scaleRole: {subjects: [{kind: User, name: alice@example.com}]}",
    'scaleRole: {subjects: [{kind: Group, name: "oidc:team a"}, {kind: User, name: "system:x"}]}',
    "scaleRole: {subjects: [{kind: ServiceAccount, name: default}]}",
    "scaleRole: {subjects: [{kind: ServiceAccount, name: ci.bot, namespace: ci}]}",
    "cloneAccess: true\ndisk: {source: {pvc: {name: golden, namespace: images}}}",
    "cloneAccess: true\ndisk: {source: {snapshot: {name: golden, namespace: images}}}",
    "cloneAccess: true\ndisk: {source: {dataSource: {name: fedora, namespace: images}}}",
    "disruptionBudget: {minAvailable: 1}",
    "disruptionBudget: {minAvailable: 4}\nautoscaling:\nreplicas: 5",
    "disruptionBudget: {minAvailable: 4}\nreplicas: 0",
    "disruptionBudget: {minAvailable: 1}\nreplicas: 3\n"
    "autoscaling: {maxReplicas: 5, targetCPUUtilizationPercentage: 50}",
    "networkPolicy: {from: []}",
    "networkPolicy: {from: [{podSelector: {}}]}",
    "networkPolicy: {from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: web}},"
    " podSelector: {matchExpressions: [{key: app, operator: In, values: [proxy]}]}},"
    " {ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.2.0.0/16]}},"
    " {ipBlock: {cidr: '::/0'}}]}",
    "networkPolicy: {from: []}\nservice: {ports: [{port: 80, name: a, targetPort: 8080},"
    " {port: 81, name: b, targetPort: 8080}, {port: 53, name: c, protocol: UDP}]}",
    "evictionStrategy: LiveMigrateIfPossible",
    "evictionStrategy: None",
    "evictionStrategy: External",
    "evictionStrategy: LiveMigrate\n"
    "disk: {accessModes: [ReadWriteMany], source: {pvc: {name: golden}}}",
    "protect: true\nadopt: true",
    "waitForReady: true\nwaitForReadyMinutes: 30",
    "waitForReadyMinutes: 30",
]
