"""Words of cloud-config, KubeVirt and others where they are no keys, and what is said of them."""

from __future__ import annotations

# What is written in place of some keys of Pulumi.dev.yaml; the key that the report names; rule and
# fix.
BAD_WORDS: list[tuple[str, str, str]] = [
    ('userData: "#!/bin/sh"', "userData:", "unknown key; its place is cloudInit.userData"),
    (
        "networkData: {version: 2}",
        "networkData:",
        "unknown key; its place is cloudInit.networkData",
    ),
    ("write_files: []", "write_files:", "unknown key; its place is cloudInit.config.write_files"),
    (
        "cloudInit: {bootcmd: [ls]}",
        "cloudInit.bootcmd:",
        "unknown key; its place is cloudInit.config.bootcmd",
    ),
    ("runcmd: [ls]", "runcmd:", "unknown key; its place is cloudInit.runCommands"),
    ("podLabels: {a: b}", "podLabels:", "unknown key; did you mean vmLabels?"),
    ("podAnnotations: {a: b}", "podAnnotations:", "unknown key; did you mean vmAnnotations?"),
    (
        "startStrategy: Paused",
        "startStrategy:",
        "unknown key; its place is template.template.spec.startStrategy",
    ),
    (
        "domain: {cpu: {cores: 2}}",
        "domain:",
        "unknown key; its place is template.template.spec.domain",
    ),
    (
        "dataVolumeTemplates: []",
        "dataVolumeTemplates:",
        "unknown key; its place is template.dataVolumeTemplates",
    ),
    (
        "sound: {name: a}",
        "sound:",
        "unknown key; its place is template.template.spec.domain.devices.sound",
    ),
    ("interfaces: []", "interfaces:", "unknown key; did you mean networks?"),
    ("machineType: q35", "machineType:", "unknown key; did you mean machine?"),
    ("volumeMode: Block", "volumeMode:", "unknown key; its place is disk.volumeMode"),
    (
        "service: {name: web}",
        "service.name:",
        "is none: the Service has the name of the pool, by which its VMs and its HPA are known "
        "too; set name, or add a Service with a name of its own to services",
    ),
    (
        "readinessProbe: off",
        "readinessProbe: false",
        "must be an object of keys and values; write it as {enabled: false}",
    ),
    (
        'readinessProbe: "off"',
        "readinessProbe: off",
        "must be an object of keys and values; write it as {enabled: false}",
    ),
    (
        'perReplica: {hostname: "w{{ index }}.example.com"}',
        "perReplica.hostname:",
        "for replica 0 (lab05-webserver-0) and 6 more: makes no host name (lower-case letters, "
        "digits and '-', at most 63); a full name, with dots, goes into perReplica.config.fqdn",
    ),
    (
        'password:\nperReplica: {userData: "## template: jinja\\n#cloud-config\\npassword: x\\n'
        'fqdn: {{ v1.local_hostname }}\\n"}',
        "perReplica.userData:",
        "for replica 0 (lab05-webserver-0) and 6 more: line 4: v1 is not defined; known are index, "
        "name, count, values and generated; put what cloud-init is to fill in between "
        "{% raw %} ... {% endraw %}",
    ),
    (
        "perReplica: {config: {runcmd: ['docker ps --format \"{{.Names}}\"']}}",
        "perReplica.config.runcmd[0]:",
        "for replica 0 (lab05-webserver-0) and 6 more: line 1: is no template of Jinja's "
        "(unexpected '.'); correct it, or put what is to stay as it is between "
        "{% raw %} ... {% endraw %}",
    ),
    (
        "perReplica: {config: {runcmd: ['echo ${#VAR}']}}",
        "perReplica.config.runcmd[0]:",
        "for replica 0 (lab05-webserver-0) and 6 more: line 1: is no template of Jinja's "
        "(Missing end of comment tag); correct it, or put what is to stay as it is between "
        "{% raw %} ... {% endraw %}",
    ),
    (
        'password:\ncloudInit: {userData: "#cloud-config\\npassword: {{ x }}\\n"}',
        "cloudInit.userData:",
        "is no valid #cloud-config: line 2, column 12: an object or a list stands for a key; a "
        "text that begins with {{ must be quoted, and is a template below perReplica only; "
        "correct it",
    ),
    (
        'password:\ncloudInit: {userData: "#cloud-config\\na:\\n\\tb: c\\n"}',
        "cloudInit.userData:",
        "is no valid #cloud-config: line 3, column 1: a tab; YAML indents with spaces; correct it",
    ),
    (
        'password:\ncloudInit: {userData: "#cloud-config\\na: b\\n---\\nc: d\\n"}',
        "cloudInit.userData:",
        "is no valid #cloud-config: line 3, column 1: a second document begins (---), and there "
        "is only one to a file; correct it",
    ),
]
