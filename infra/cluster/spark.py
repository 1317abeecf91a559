"""Spark of one project: a driver that serves Spark Connect to the project's labs, and executors that it asks for."""

from __future__ import annotations

from typing import Any

import yaml

from infra.cluster.description import Cluster
from infra.cluster.names import BLOCKS_PORT, CONNECT_PORT, DRIVER, DRIVER_PORT, EXECUTOR, labels, spark_namespace_of
from infra.cluster.namespace import DRIVER_ACCOUNT, NOBODY
from infra.cluster.pods import pod_of, resources

NAME = "spark"
HEAP = 0.6
"""Part of a pod's memory that is Java's heap; the rest is for Python, Arrow and what Java needs beside it."""
VIEW = {"name": "view", "persistentVolumeClaim": {"claimName": "view", "readOnly": True}}
VIEW_MOUNT = {"name": "view", "mountPath": "/data", "readOnly": True}
TMP_MOUNT = {"name": "tmp", "mountPath": "/tmp"}  # noqa: S108 - the pod's own
CONNECT_SERVER = "org.apache.spark.sql.connect.service.SparkConnectServer"


def spark_settings(cluster: Cluster, project: str) -> dict[str, str]:
    """Return Spark's settings on Kubernetes (Running Spark on Kubernetes, 4.3); the driver's address comes with it."""
    heap = f"{int(cluster.executor_memory * HEAP)}m"
    return {
        "spark.master": f"k8s://https://{cluster.api_address}:443",
        "spark.submit.deployMode": "client",
        "spark.kubernetes.namespace": spark_namespace_of(project),
        "spark.kubernetes.container.image": cluster.spark_image,
        "spark.kubernetes.executor.podTemplateFile": "/etc/datalab/spark/executor.yaml",
        "spark.kubernetes.executor.podTemplateContainerName": EXECUTOR,
        "spark.kubernetes.authenticate.executor.serviceAccountName": NOBODY,
        "spark.kubernetes.executor.useDriverPodIP": "true",
        "spark.kubernetes.driver.service.deleteOnTermination": "true",
        "spark.executor.instances": "1",
        "spark.dynamicAllocation.enabled": "true",
        "spark.dynamicAllocation.shuffleTracking.enabled": "true",
        "spark.dynamicAllocation.minExecutors": "1",
        "spark.dynamicAllocation.maxExecutors": str(cluster.executors),
        "spark.executor.cores": str(cluster.executor_cores),
        "spark.executor.memory": heap,
        "spark.executor.memoryOverhead": f"{cluster.executor_memory - int(cluster.executor_memory * HEAP)}m",
        "spark.driver.memory": heap,
        "spark.driver.port": str(DRIVER_PORT),
        "spark.driver.blockManager.port": str(BLOCKS_PORT),
        "spark.blockManager.port": str(BLOCKS_PORT),
        "spark.connect.grpc.binding.port": str(CONNECT_PORT),
        "spark.authenticate": "true",
        "spark.network.crypto.enabled": "true",
        "spark.io.encryption.enabled": "true",
        "spark.ui.enabled": "false",
        "spark.eventLog.enabled": "false",
        "spark.jars.ivy": "/tmp/nowhere",  # noqa: S108 - the pod's own
        "spark.local.dir": "/tmp/spark",  # noqa: S108 - the pod's own
        "spark.sql.shuffle.partitions": str(2 * cluster.executors * cluster.executor_cores),
    }


def spark_manifests(cluster: Cluster, project: str) -> list[dict[str, Any]]:
    """Return the driver, its settings, and the template of its executors."""
    space = spark_namespace_of(project)
    conf = "".join(f"{name} {value}\n" for name, value in sorted(spark_settings(cluster, project).items()))
    meta = {"name": NAME, "namespace": space}
    return [
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": meta,
            "immutable": True,
            "data": {
                "spark-defaults.conf": conf,
                "executor.yaml": yaml.safe_dump(executor_template(cluster, project), sort_keys=False),
            },
        },
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": meta,
            "spec": {
                "replicas": 1,
                "strategy": {"type": "Recreate"},
                "selector": {"matchLabels": dict(labels(DRIVER, project))},
                "template": {"metadata": {"labels": dict(labels(DRIVER, project))}, "spec": _driver(cluster)},
            },
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": meta,
            "spec": {
                "selector": dict(labels(DRIVER, project)),
                "ports": [{"name": "connect", "port": CONNECT_PORT, "protocol": "TCP"}],
            },
        },
    ]


def executor_template(cluster: Cluster, project: str) -> dict[str, Any]:
    """Return the pod that Spark makes executors of; it adds the command, the image and the ports."""
    container = {
        "name": EXECUTOR,
        "image": cluster.spark_image,
        "resources": resources(cores=cluster.executor_cores, memory=cluster.executor_memory),
        "volumeMounts": [TMP_MOUNT, VIEW_MOUNT],
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": EXECUTOR,
            "namespace": spark_namespace_of(project),
            "labels": dict(labels(EXECUTOR, project)),
        },
        "spec": pod_of(cluster, account=NOBODY, token=False, containers=[container], volumes=[VIEW]),
    }


def _driver(cluster: Cluster) -> dict[str, Any]:
    command = ["/opt/spark/bin/spark-submit", "--properties-file", "/etc/datalab/spark/spark-defaults.conf"]
    container = {
        "name": DRIVER,
        "image": cluster.spark_image,
        "command": [
            *command,
            "--conf",
            "spark.driver.host=$(POD_ADDRESS)",
            "--class",
            CONNECT_SERVER,
            "spark-internal",
        ],
        "env": [{"name": "POD_ADDRESS", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}],
        "ports": [{"containerPort": one, "protocol": "TCP"} for one in (CONNECT_PORT, DRIVER_PORT, BLOCKS_PORT)],
        "resources": resources(cores=cluster.executor_cores, memory=cluster.executor_memory),
        "readinessProbe": {"tcpSocket": {"port": CONNECT_PORT}, "periodSeconds": 5},
        "volumeMounts": [TMP_MOUNT, VIEW_MOUNT, {"name": NAME, "mountPath": "/etc/datalab/spark", "readOnly": True}],
    }
    volumes = [VIEW, {"name": NAME, "configMap": {"name": NAME}}]
    return pod_of(cluster, account=DRIVER_ACCOUNT, token=True, containers=[container], volumes=volumes)
