"""What is accepted, and what it comes to mean."""

from __future__ import annotations

import pytest
from configurations import ED25519_KEY, problems, specification

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


@pytest.mark.parametrize("written", [*GOOD, *WITH_MORE_OBJECTS])
def test_what_is_sound_is_accepted(written: str) -> None:
    assert [str(problem) for problem in problems(written)] == []


def test_a_member_that_is_not_said_has_the_declared_default() -> None:
    disk = specification("disk: {size: 8Gi, source: {pvc: {name: golden}}}").disk
    assert (disk.size, disk.access_modes) == ("8Gi", ["ReadWriteOnce"])


def test_the_namespace_is_the_stack_where_none_is_said() -> None:
    assert specification(stack="user7").namespace == "user7"


def test_a_number_stands_for_a_quantity() -> None:
    assert specification("cpuRequest: 0.5").cpu_request == "0.5"


def test_a_quantity_stays_as_it_is_written() -> None:
    assert specification("memory: 2048Mi").memory == "2048Mi"


def test_the_service_sends_to_its_own_port_where_no_target_is_said() -> None:
    (port,) = specification("service: {ports: [{port: 8080}]}").service.ports
    assert port.target == 8080


def test_the_service_sends_to_the_target_port_that_is_said() -> None:
    (port,) = specification("service: {ports: [{port: 80, targetPort: 8080}]}").service.ports
    assert port.target == 8080


def test_an_autoscaled_pool_starts_at_its_least_number() -> None:
    spec = specification("replicas: 4")
    assert (spec.autoscaled, spec.initial_replicas) == (True, 2)


def test_an_autoscaled_pool_without_a_least_number_starts_at_replicas() -> None:
    spec = specification(
        "replicas: 3\nautoscaling: {maxReplicas: 5, targetCPUUtilizationPercentage: 50}"
    )
    assert (spec.min_replicas, spec.initial_replicas) == (3, 3)


def test_a_parked_pool_has_no_autoscaler_and_no_vms() -> None:
    spec = specification("replicas: 0")
    assert (spec.autoscaled, spec.initial_replicas) == (False, 0)


def test_a_parked_pool_keeps_the_cpu_request_of_its_template() -> None:
    assert specification("replicas: 0").requested_cpu == specification().requested_cpu == "1"


def test_without_autoscaling_kubevirt_chooses_the_cpu_request() -> None:
    assert specification("autoscaling:").requested_cpu is None


def test_a_cpu_request_that_is_said_is_taken() -> None:
    assert specification("cpuRequest: 250m").requested_cpu == "250m"


def test_an_instancetype_leaves_no_cpu_request() -> None:
    spec = specification(
        "instancetype: {name: u1.small}\nautoscaling: {maxReplicas: 5, targetCPUAverageValue: 1}"
    )
    assert spec.requested_cpu is None


def test_the_names_of_disk_and_secret_begin_with_the_pool_name() -> None:
    spec = specification("name: web\ncloudInit:")
    assert (spec.disk_name, spec.secret_name) == ("web-disk", "web-cloudinit")


def test_a_secret_name_that_is_said_is_taken() -> None:
    assert specification("cloudInit: {secretName: lab05-cloudinit}").secret_name == (
        "lab05-cloudinit"
    )


@pytest.mark.parametrize(
    ("written", "version"),
    [("1.8", (1, 8)), ("v1.10.2", (1, 10)), ("1.9.0-rc.0", (1, 9))],
)
def test_a_version_is_compared_by_its_numbers(written: str, version: tuple[int, int]) -> None:
    assert specification({"kubevirtVersion": written}).kubevirt == version


def test_what_is_optional_is_off() -> None:
    spec = specification()
    assert not any((spec.clone_access, spec.protect, spec.adopt, spec.wait_for_ready))
    assert (spec.eviction_strategy, spec.disruption_budget, spec.network_policy) == (None,) * 3
    assert spec.scale_role is None


def test_waiting_has_a_limit_that_nobody_need_say() -> None:
    assert specification("waitForReady: true").wait_for_ready_minutes == 10


def test_a_specification_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        specification().replicas = 3  # type: ignore[misc]
