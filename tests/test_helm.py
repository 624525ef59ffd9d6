"""deploy/helm/values.yaml: no cluster runs here, so what it sets is held to what the compose file sets, and to what the
settings and Airflow read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from tests.test_compose import core_options, services

from rasad.settings import Settings

ROOT = Path(__file__).parents[1]
FILE = ROOT / "deploy" / "helm" / "values.yaml"
values: dict[str, Any] = yaml.safe_load(FILE.read_text())
env: dict[str, str] = {one["name"]: one["value"] for one in values["env"]}
secret: dict[str, str] = {one["envName"]: one["secretName"] for one in values["secret"]}
compose: dict[str, Any] = services["airflow-worker"]["environment"]

# What the chart itself tells Airflow, out of other keys of its values.
OF_THE_CHART = {
    "AIRFLOW__CORE__EXECUTOR": values["executor"],
    "AIRFLOW__CORE__FERNET_KEY": values["fernetKeySecretName"],
    "AIRFLOW__API__SECRET_KEY": values["apiSecretKeySecretName"],
    "AIRFLOW__API_AUTH__JWT_SECRET": values["jwtSecretName"],
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": values["data"]["metadataSecretName"],
    "AIRFLOW__CELERY__RESULT_BACKEND": values["data"]["resultBackendSecretName"],
    "AIRFLOW__CELERY__BROKER_URL": values["data"]["brokerUrlSecretName"],
    "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": "its service",
    "AIRFLOW__API__PORT": "its service",
    "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK": "its probes ask otherwise",
}
OF_ITS_PLACE = {
    "AIRFLOW__API__BASE_URL", "AIRFLOW__FAB__COOKIE_SECURE", "AIRFLOW__CELERY__WORKER_CONCURRENCY",
    "AWS_ENDPOINT_URL_S3", "AWS_DEFAULT_REGION", "RASAD_CONTACT", "RASAD_OPERATORS",
    "RASAD_LANDING_DAYS", "RASAD_LEDGER_DAYS", "AIRFLOW__METRICS__STATSD_ON", "AIRFLOW__METRICS__STATSD_HOST",
    "AIRFLOW__METRICS__STATSD_PORT", "AIRFLOW__METRICS__OTEL_ON", "OTEL_EXPORTER_OTLP_ENDPOINT",
}  # fmt: skip


def test_every_variable_of_the_compose_file_is_set_and_no_other() -> None:
    assert not set(env) & set(secret)
    assert set(env) | set(secret) | set(OF_THE_CHART) == set(compose)
    assert not (set(env) | set(secret)) & set(OF_THE_CHART)
    assert all(OF_THE_CHART.values())


def test_what_does_not_depend_on_the_place_is_as_in_the_compose_file() -> None:
    for name in set(env) - OF_ITS_PLACE:
        assert env[name] == str(compose[name]), name
    assert values["executor"] == compose["AIRFLOW__CORE__EXECUTOR"]
    for name in ("RASAD_LANDING_DAYS", "RASAD_LEDGER_DAYS", "AIRFLOW__CELERY__WORKER_CONCURRENCY"):
        assert f":-{env[name]}}}" in compose[name], f"{name} has another default in the compose file"


def test_the_settings_and_airflow_know_what_is_set() -> None:
    known = core_options()
    for name in [*env, *secret]:
        if name.startswith("RASAD_"):
            assert name in (Settings.__doc__ or ""), f"{name} means nothing to rasad.settings"
        elif option := re.fullmatch(r"AIRFLOW__([A-Z_]+?)__([A-Z_]+)", name):
            section, key = option[1].lower(), option[2].lower()
            assert section in ("celery", "fab") or key in known[section], f"Airflow has no option {section}.{key}"
    settings = Settings.from_env({**env, "RASAD_SOURCES": "", "RASAD_WATCHLISTS": ""})
    assert settings.landing == "s3://rasad/landing"


def test_no_secret_stands_in_the_file() -> None:
    for name, value in {**env, **secret}.items():
        assert "@" not in value, name
    for address in re.findall(r"://\S*", re.sub("#.*", "", FILE.read_text())):
        assert "@" not in address, address
    job = {one["name"]: one for one in values["migrateDatabaseJob"]["env"]}
    assert set(job) == {
        "RASAD_WAREHOUSE_OF_OWNER",
        "AIRFLOW_ADMIN_USER",
        "AIRFLOW_ADMIN_EMAIL",
        "AIRFLOW_ADMIN_PASSWORD",
    }
    assert "valueFrom" in job["RASAD_WAREHOUSE_OF_OWNER"]
    assert "owner" not in {one["secretKey"] for one in values["secret"]}, "only the migration is the owner"


def test_paths_of_the_image_are_those_of_the_dockerfile() -> None:
    mounted = {one["mountPath"] for one in values["volumeMounts"]}
    assert mounted == {"/opt/rasad/sources", "/opt/rasad/watchlists"}
    assert {one["name"] for one in values["volumeMounts"]} == {one["name"] for one in values["volumes"]}
    assert "exec /opt/rasad/docker/init.sh" in values["migrateDatabaseJob"]["args"][-1]
    assert services["airflow-init"]["command"] == ["/opt/rasad/docker/init.sh"]
    assert values["apiServer"]["args"] == services["airflow-apiserver"]["command"]
    assert str(values["config"]["celery"]["worker_concurrency"]) == env["AIRFLOW__CELERY__WORKER_CONCURRENCY"]


def test_every_part_says_what_it_needs() -> None:
    for part in ("workers", "scheduler", "dagProcessor", "triggerer", "apiServer"):
        resources = values[part]["resources"]
        assert set(resources["requests"]) == {"cpu", "memory"}, part
        assert "memory" in resources["limits"], part
    assert values["workers"]["terminationGracePeriodSeconds"] == 360  # 6m in the compose file
    assert services["airflow-worker"]["stop_grace_period"] == "6m"
