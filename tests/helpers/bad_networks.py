"""Mistakes in networks, Services and where cloud-init comes from; see bad_configurations.py."""

from __future__ import annotations

BAD_NETWORKS: list[tuple[str, str, str]] = [
    (
        "networks: []",
        "networks:",
        "is empty, and KubeVirt takes that for the pod network; write false for VMs "
        "without any network, or remove it",
    ),
    (
        "networks: {}",
        "networks: {}",
        "must be a list; begin each item with '- '",
    ),
    (
        "networks: [{name: default}]",
        "networks[0]:",
        "needs one of pod, multus, and has none; for instance pod: {}",
    ),
    (
        "networks: [{name: default, pod: {}}]",
        "networks[0]:",
        "needs one of masquerade, bridge, sriov, binding, passtBinding, and has none; for "
        "instance masquerade: {}",
    ),
    (
        "networks: [{name: a b, pod: {}, masquerade: {}}]",
        "networks[0].name: a b",
        "is no name of a network (letters, digits, '-' and '_'); for instance storage",
    ),
    (
        "networks: [{name: default, pod: {}, masquerade: {}}, {name: default, multus: "
        "{networkName: b}, bridge: {}}]",
        "networks[1].name: default",
        "is the name of networks[0] too; give each its own name",
    ),
    (
        "networks: [{name: default, pod: {}, masquerade: {}}, {name: b, multus: "
        "{networkName: b, default: true}, bridge: {}}]",
        "networks[1]:",
        "is a second network in place of the pod's: networks[0] is one, and a pod has one "
        "only; keep one of pod: {} and multus with default: true",
    ),
    (
        "networks: [{name: default, pod: {}, masquerade: {}}, {name: b, multus: "
        "{networkName: a/b/c}, bridge: {}}]",
        "networks[1].multus.networkName: a/b/c",
        "is no name of a NetworkAttachmentDefinition ([namespace/]name); for instance "
        "storage, or networks/storage",
    ),
    (
        "networks: [{name: default, pod: {}, masquerade: {}}, {name: b, multus: "
        "{networkName: b}, masquerade: {}}]",
        "networks[1].masquerade:",
        "is for the pod network only; use bridge: {}, which joins the network itself, or sriov: {}",
    ),
    (
        "networks: [{name: default, pod: {}, sriov: {}}]",
        "networks[0].sriov:",
        "needs a network of Multus with virtual functions, and this is the pod network; "
        "use masquerade: {}, or multus: {networkName: ...}",
    ),
    (
        "networks: [{name: default, pod: {}, masquerade: {}, macAddress: '02:00:00:00:00:01'}]",
        "networks[0].macAddress: 02:00:00:00:00:01",
        "would be that of all VMs, of which there may be 5: two cards of one address take "
        "each other's packets away; remove it, KubeVirt gives each VM its own; a VM that "
        "needs a certain one is a pool of its own, with replicas 1",
    ),
    (
        "networks: [{name: default, pod: {}, masquerade: {}, macAddress: '02:00'}]",
        "networks[0].macAddress: 02:00",
        "is no MAC address (six pairs of digits and a to f); for instance 02:00:00:00:00:01",
    ),
    (
        "networks: [{name: default, pod: {}, masquerade: {}, ports: [{port: 22}]}]",
        "service.ports[0]:",
        "sends to port 80 (TCP) of the VMs, and networks[0].ports forwards 22 only; add "
        "it to networks[0].ports, or remove those",
    ),
    (
        "networks: [{name: default, pod: {}, binding: {name: passt}, ports: [{port: 22}]}]",
        "service.ports[0]:",
        "sends to port 80 (TCP) of the VMs, and networks[0].ports forwards 22 only; add "
        "it to networks[0].ports, or remove those",
    ),
    (
        "networks: [{name: default, pod: {}, masquerade: {}, ports: [{port: "
        "80}]}]\nreadinessProbe: {tcpSocket: {port: 22}}",
        "readinessProbe.tcpSocket.port: 22",
        "is none of the ports that networks[0].ports forwards (80); add it to "
        "networks[0].ports, or remove those",
    ),
    (
        "networks: [{name: default, pod: {}, masquerade: {}}, {name: b, multus: "
        "{networkName: b}, bridge: {}, ports: [{port: 1}]}]",
        "networks[1].ports:",
        "are what masquerade and passt forward; this binding lets all ports through; remove them, "
        "or use masquerade: {}",
    ),
    (
        "networks: [{name: default, pod: {}, masquerade: {}}, {name: b, multus: "
        "{networkName: b}, sriov: {}, state: down}]",
        "networks[1].state: down",
        "is nothing that an SR-IOV card can be told; remove it",
    ),
    (
        "networks: [{name: default, pod: {}, bridge: {}, state: absent}]",
        "networks[0].state: absent",
        "unplugs a card, which KubeVirt does with bridge on a further network only; "
        "remove the network, or use down",
    ),
    (
        "networks: [{name: default, pod: {}, bridge: {}}]\nevictionStrategy: "
        "LiveMigrate\ndisk: {accessModes: [ReadWriteMany], source: {pvc: {name: g}}}",
        "evictionStrategy: LiveMigrate",
        "needs VMs that can migrate, and networks[0] is a bridge on the pod network, "
        "whose address stays on its node, so that the drain of a node would wait for "
        "ever; use LiveMigrateIfPossible, which restarts these VMs on another node, or "
        "masquerade: {}",
    ),
    (
        'kubevirtVersion: "1.7"\nnetworks: [{name: default, pod: {}, passtBinding: {}}]',
        "networks[0].passtBinding:",
        "needs KubeVirt 1.8, and kubevirtVersion is 1.7; use binding: {name: passt}, a "
        "plugin, or correct kubevirtVersion",
    ),
    (
        "networks: [{name: default, pod: {}, masquerade: {}, bootOrder: 1}, {name: b, "
        "multus: {networkName: b}, bridge: {}, bootOrder: 1}]",
        "networks[1].bootOrder: 1",
        "is the bootOrder of networks[0] too; give each its own place",
    ),
    (
        "networks: false\nservice: {ports: [{port: 8080}]}",
        "service:",
        "leads to the pod network, and the VMs have none: nothing would answer; add the "
        "pod network to networks (- {name: default, pod: {}, masquerade: {}}), or write "
        "false",
    ),
    (
        "networks: false\nreadinessProbe: {httpGet: {port: 80}}",
        "readinessProbe.httpGet:",
        "comes over the pod network, and the VMs have none; use exec or guestAgentPing, "
        "or add the pod network to networks",
    ),
    (
        "networks: false\nnetworkPolicy: {from: []}",
        "networkPolicy:",
        "opens the ports that the Service sends to, and there is no Service, so that "
        "nobody could be let in; remove it, or give the pool a service and the pod "
        "network",
    ),
    (
        "networks: false\nservices: {a: {}}",
        "services:",
        "leads to the pod network, and the VMs have none: nothing would answer; add the "
        "pod network to networks (- {name: default, pod: {}, masquerade: {}}), or remove "
        "them",
    ),
    (
        "networks: [{name: b, multus: {networkName: b}, bridge: {}}]\nservice: {type: NodePort}",
        "service:",
        "leads to the pod network, and the VMs have none: nothing would answer; add the "
        "pod network to networks (- {name: default, pod: {}, masquerade: {}}), or write "
        "false",
    ),
    (
        "interfaces: []",
        "interfaces:",
        "unknown key; did you mean networks?",
    ),
    (
        "service: none",
        "service: none",
        "must be an object of keys and values; write false, without quotes, for none at all",
    ),
    (
        "service: true",
        "service: true",
        "must be an object of keys and values; its keys are type, clusterIP, annotations, "
        "loadBalancerClass, loadBalancerIP, loadBalancerSourceRanges, "
        "externalTrafficPolicy, internalTrafficPolicy, sessionAffinity, "
        "publishNotReadyAddresses, ipFamilyPolicy, ipFamilies, ports",
    ),
    (
        "networks: true",
        "networks: true",
        "must be a list; begin each item with '- '",
    ),
    (
        "service: {type: ClusterIP, loadBalancerClass: a}",
        "service.loadBalancerClass: a",
        "needs service.type LoadBalancer, and that is ClusterIP; change the type, or "
        "remove loadBalancerClass",
    ),
    (
        "service: {loadBalancerSourceRanges: [10.0.0.0/8]}",
        "service.loadBalancerSourceRanges:",
        "needs service.type LoadBalancer, and that is ClusterIP; change the type, or "
        "remove loadBalancerSourceRanges",
    ),
    (
        "service: {type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.1/8]}",
        "service.loadBalancerSourceRanges[0]: 10.0.0.1/8",
        "has bits behind its prefix; write it as 10.0.0.0/8",
    ),
    (
        "service: {type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.1]}",
        'service.loadBalancerSourceRanges[0]: "10.0.0.1"',
        "is no range of IP addresses (CIDR); write it as 10.0.0.1/32",
    ),
    (
        "service: {type: LoadBalancer, loadBalancerSourceRanges: [all]}",
        "service.loadBalancerSourceRanges[0]: all",
        "is no range of IP addresses (CIDR); for instance 10.0.0.0/8",
    ),
    (
        "service: {externalTrafficPolicy: Local}",
        "service.externalTrafficPolicy: Local",
        "needs service.type NodePort or LoadBalancer, and nothing from outside reaches a "
        "ClusterIP; change the type, or remove externalTrafficPolicy",
    ),
    (
        "service: {type: LoadBalancer, clusterIP: None}",
        "service.clusterIP: None",
        "is for type ClusterIP only: a LoadBalancer needs an address in the cluster; "
        "remove clusterIP, or make the headless one another of `services`",
    ),
    (
        "service: {clusterIP: auto}",
        "service.clusterIP: auto",
        "is neither an IP address nor None; write None for a headless Service",
    ),
    (
        "service: false\nservices: {a: {}}",
        "services.a.ports:",
        "is missing, and there is no service whose ports these could be; list them, for "
        "instance - {port: 80}",
    ),
    (
        "service: false\nreadinessProbe: {periodSeconds: 5}",
        "readinessProbe:",
        "is to connect to the first TCP port of the Service, and there is no Service; "
        "give it a handler (exec, guestAgentPing; tcpSocket and httpGet over the pod "
        "network), or remove it",
    ),
    (
        "service: false\nnetworkPolicy: {from: []}",
        "networkPolicy:",
        "opens the ports that the Service sends to, and there is no Service, so that "
        "nobody could be let in; remove it, or give the pool a service",
    ),
    (
        "services: {aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: {}}",
        "services.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:",
        "makes a Service called "
        "lab05-webserver-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, 8 "
        "characters too long for a label of DNS (63); shorten it by 8, or shorten name",
    ),
    (
        "services: {A: {}}",
        "services.A:",
        "must be an RFC 1123 label: lower-case letters, digits and '-', beginning and "
        "ending with a letter or digit; for instance a",
    ),
    (
        "service: {type: NodePort, ports: [{port: 80, nodePort: 30080}]}\nservices: {a: "
        "{type: NodePort, ports: [{port: 80, nodePort: 30080}]}}",
        "services.a.ports[0].nodePort: 30080",
        "is the nodePort of service.ports[0] too; give each its own nodePort",
    ),
    (
        "services: {a: {ports: [{port: 80, nodePort: 30080}]}}",
        "services.a.ports[0].nodePort: 30080",
        "needs services.a.type NodePort or LoadBalancer, and that is ClusterIP; change "
        "the type, or remove nodePort",
    ),
    (
        "cloudInit: false",
        "password:",
        "is what cloud-init does in a VM, and cloudInit is false; remove password, or "
        "cloudInit: false",
    ),
    (
        "password:\ncloudInit: false\nperReplica: {hostname: 'a{{ index }}'}",
        "perReplica.hostname:",
        "is what cloud-init does in a VM, and cloudInit is false; remove "
        "perReplica.hostname, or cloudInit: false",
    ),
    (
        "password:\ncloudInit: false\nperReplica: {networkData: {version: 2}}",
        "perReplica.networkData:",
        "is what cloud-init does in a VM, and cloudInit is false; remove "
        "perReplica.networkData, or cloudInit: false",
    ),
    (
        "cloudInit: {existingSecret: theirs}",
        "password:",
        "has no place: the documents are those of Secret theirs "
        "(cloudInit.existingSecret), which the stack does not write; say it there, and "
        "remove password, or remove existingSecret",
    ),
    (
        "password:\ncloudInit: {existingSecret: theirs, networkData: {version: 2}}",
        "cloudInit.networkData:",
        "has no place: Secret theirs (cloudInit.existingSecret) is somebody else's; name "
        "the Secret that has it in cloudInit.existingNetworkDataSecret",
    ),
    (
        "cloudInit: {existingNetworkDataSecret: theirs, networkData: {version: 2}}",
        "cloudInit.networkData:",
        "has no place: Secret theirs (cloudInit.existingNetworkDataSecret) is somebody "
        "else's; remove one of them",
    ),
    (
        "password:\ncloudInit: {userDataBase64: '###'}",
        "cloudInit.userDataBase64:",
        "is no base64; give what `base64 -w0 FILE` prints, or plain text as userData",
    ),
    (
        "cloudInit: {userDataBase64: aGVsbG8=}",
        "cloudInit.userDataBase64:",
        "is the whole document, and password would have no place in it; move all of it "
        "into that document, or leave out userDataBase64",
    ),
    (
        "password:\ncloudInit: {userDataBase64: aGVsbG8=, userData: '#!/bin/sh', secretName: a}",
        "cloudInit.userDataBase64:",
        "is the whole document, and cloudInit.userData would have no place in it; move "
        "all of it into that document, or leave out userDataBase64",
    ),
    (
        "cloudInit: {networkDataBase64: aGVsbG8=, networkData: {version: 2}}",
        "cloudInit.networkDataBase64:",
        "is said by cloudInit.networkData too; say it once, in one of the two",
    ),
    (
        "cloudInit: {type: nocloud}",
        "cloudInit.type: nocloud",
        "must be noCloud or configDrive; did you mean noCloud?",
    ),
    (
        "password:\ncloudInit: {userData: 'variant: fcos\\nversion: 1.5.0'}",
        "cloudInit.userData:",
        "is Butane's, which no guest reads: Ignition's JSON is made from it; give what "
        "`butane --strict FILE` prints",
    ),
    (
        "cloudInit: {networkData: {version: 2, ethernets: {enp1s0: {addresses: "
        "[192.168.1.10/24]}}}}",
        "cloudInit.networkData:",
        "takes no address by DHCP, and the only card of the VMs is on the pod network, "
        "which forwards to the address that it hands out: Service, probe and virtctl ssh "
        "would not reach them; add dhcp4: true (in version 1 a subnet of type dhcp), "
        "beside which addresses may stay, give the addresses to a second card (networks), "
        "or set service to false",
    ),
    (
        "perReplica: {networkData: {version: 2, ethernets: {enp1s0: {addresses: "
        "[192.168.1.10/24]}}}}",
        "perReplica.networkData:",
        "for replica 0 (lab05-webserver-0) and 6 more: takes no address by DHCP, and the "
        "only card of the VMs is on the pod network, which forwards to the address that "
        "it hands out: Service, probe and virtctl ssh would not reach them; add dhcp4: "
        "true (in version 1 a subnet of type dhcp), beside which addresses may stay, give "
        "the addresses to a second card (networks), or set service to false",
    ),
    (
        "cloudInit: {networkData: {version: 1, config: [{type: physical, name: eth0, "
        "subnets: [{type: static, address: 10.0.0.2/24}]}]}}",
        "cloudInit.networkData:",
        "takes no address by DHCP, and the only card of the VMs is on the pod network, "
        "which forwards to the address that it hands out: Service, probe and virtctl ssh "
        "would not reach them; add dhcp4: true (in version 1 a subnet of type dhcp), "
        "beside which addresses may stay, give the addresses to a second card (networks), "
        "or set service to false",
    ),
]
