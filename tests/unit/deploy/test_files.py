from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import yaml
from dagster import DagsterInstance

from orchestration.execute import instance_folder
from orchestration.settings import PACKAGED_CONFIG, PROJECT, Settings
from tests.postgres import running_postgres
from tests.unit.deploy.files import (
    DEPLOY,
    INSTALLED_IN,
    UNITS,
    commands_of_units,
    understood,
    unit_lines,
)

ENVIRONMENT = DEPLOY / "environment.example"
# named in the file, read by what is not merged here yet
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))


def assignments() -> list[tuple[str, str]]:
    """Names and values of the example, those that are commented out too."""
    text = ENVIRONMENT.read_text(encoding="utf-8")
    return re.findall(r"^#?([A-Z][A-Z_]+)=(.*)$", text, re.M)


def compose() -> dict[str, dict[str, object]]:
    told = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    services: dict[str, dict[str, object]] = told["services"]
    return services


@pytest.mark.parametrize("name", sorted({name for name, _ in assignments()}))
def test_a_variable_of_the_example_is_read(name: str) -> None:
    read_by = [*(PROJECT / "orchestration").rglob("*.py"), DEPLOY / "dagster.yaml"]
    if name == "DAGSTER_HOME":  # Dagster itself reads it
        return
    assert any(re.search(rf"\b{name}\b", path.read_text(encoding="utf-8")) for path in read_by)


def test_a_variable_that_is_read_is_in_the_example() -> None:
    settings = (PROJECT / "orchestration" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'"(DATASPOR_[A-Z_]+)"', settings))
    assert read
    assert read <= {name for name, _ in assignments()}


def test_dagsters_home_is_the_folder_that_dataspor_gives_it() -> None:
    told = dict(reversed(assignments()))
    home = Path(told["DATASPOR_HOME"])
    assert Path(told["DAGSTER_HOME"]) == Settings(home, home, home).dagster_home


def test_the_shell_and_systemd_read_the_same_from_the_example(tmp_path: Path) -> None:
    everything = re.sub(r"^#(?=[A-Z_]+=)", "", ENVIRONMENT.read_text(encoding="utf-8"), flags=re.M)
    (tmp_path / "environment").write_text(everything, encoding="utf-8")
    script = f"set -a; . {tmp_path}/environment; env -0"
    told = subprocess.run(["sh", "-c", script], capture_output=True, check=True, env={})
    shell = dict(pair.split("=", 1) for pair in told.stdout.decode().split("\0") if "=" in pair)
    systemd = {  # man systemd.exec: quotes are taken off, nothing is expanded
        name: value[1:-1] if value[:1] == "'" else value for name, value in assignments()
    }
    assert {name: shell[name] for name in systemd} == systemd


def test_secrets_stand_in_the_environment_only() -> None:
    for path in DEPLOY.rglob("*"):
        if path.is_file() and path != ENVIRONMENT:
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"(?i)password\s*[:=]\s*[\"']?(?!\$\{)[\w-]{4,}", text), path.name


@pytest.mark.parametrize(("where", "words"), list(commands_of_units()))
def test_a_units_command_is_there_and_takes_its_options(where: str, words: list[str]) -> None:
    assert words[0].startswith(INSTALLED_IN), where
    name = words[0].removeprefix(INSTALLED_IN)
    assert (Path(sys.prefix) / "bin" / name).exists()
    understood([name, *words[1:]])


@pytest.mark.parametrize("service", ["code-location", "viewer", "control", "daemon", "backup"])
def test_a_containers_command_takes_its_options(service: str) -> None:
    command = compose()[service]["command"]
    assert isinstance(command, list)
    understood(command)


def test_a_containers_health_is_asked_with_a_command_that_is_there() -> None:
    health = compose()["code-location"]["healthcheck"]
    assert isinstance(health, dict)
    understood(health["test"][1:])


def test_viewers_cannot_launch_and_nobody_comes_past_the_proxy() -> None:
    commands = dict(commands_of_units())
    viewer = understood(
        ["dagster-webserver", *commands["dataspor-webserver-viewer.service:ExecStart"][1:]]
    )
    control = understood(
        ["dagster-webserver", *commands["dataspor-webserver-control.service:ExecStart"][1:]]
    )
    assert (viewer["read_only"], control["read_only"]) == (True, False)
    assert viewer["host"] == control["host"] == "127.0.0.1"
    proxy = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    doors = dict(re.findall(r"location (/\S*) \{[^}]*proxy_pass http://127\.0\.0\.1:(\d+);", proxy))
    assert doors == {"/": str(viewer["port"]), "/control/": str(control["port"])}
    assert control["path_prefix"] == "/control"
    for service in ("viewer", "control"):
        ports = compose()[service]["ports"]
        assert isinstance(ports, list)
        assert all(str(port).startswith("127.0.0.1:") for port in ports)
    assert "--read-only" in compose()["viewer"]["command"]  # type: ignore[operator]


def test_all_services_meet_at_one_socket() -> None:
    workspace = yaml.safe_load((DEPLOY / "workspace.yaml").read_text(encoding="utf-8"))
    server = workspace["load_from"][0]["grpc_server"]
    for where, words in commands_of_units():
        if "code-location" in where:
            told = understood([Path(words[0]).name, *words[1:]])
            assert told["socket"] == server["socket"], where
    used = [words for where, words in commands_of_units() if re.search("webserver|daemon", where)]
    assert len(used) == 3
    for words in used:
        assert words[words.index("--workspace") + 1] == "/opt/dataspor/deploy/workspace.yaml"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_nobody_and_writes_only_what_is_kept(service: str) -> None:
    common = UNITS / "dataspor-.service.d" / "common.conf"
    assert unit_lines(common, "User") == ["dataspor"]
    assert unit_lines(common, "EnvironmentFile") == ["/etc/dataspor/environment"]
    assert unit_lines(common, "ProtectSystem") == ["strict"]
    assert unit_lines(common, "NoNewPrivileges") == ["yes"]
    assert unit_lines(common, "PrivateTmp") == ["yes"]
    unit = UNITS / service
    expected = "0027" if service == "dataspor-code-location.service" else "0077"
    assert unit_lines(unit, "UMask") == [expected]
    written = ["/var/backups/dataspor"] if service == "dataspor-backup.service" else []
    assert unit_lines(unit, "ReadWritePaths") == written


def test_the_target_starts_every_unit() -> None:
    wanted = unit_lines(UNITS / "dataspor.target", "Wants")[0].split()
    timed = {"dataspor-backup.service"}
    assert set(wanted) == {*SERVICES, "dataspor-backup.timer"} - timed


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    units = shutil.copytree(UNITS, tmp_path / "units")
    for unit in units.glob("*.service"):
        text = unit.read_text(encoding="utf-8")
        unit.write_text(text.replace(INSTALLED_IN, f"{sys.prefix}/bin/"), encoding="utf-8")
    told = subprocess.run(
        [
            "systemd-analyze",
            "verify",
            *sorted(str(path) for path in units.iterdir() if path.is_file()),
        ],
        env={"SYSTEMD_UNIT_PATH": f"{units}:", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    wrong = [line for line in told.stderr.splitlines() if "dataspor" in line]
    assert not wrong
    assert told.returncode == 0


def test_dagster_keeps_its_runs_where_the_instance_file_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(DEPLOY / "dagster.yaml", tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with running_postgres() as server:
        url = f"postgresql+psycopg2://postgres@/dagster?host={server.folder}"
        monkeypatch.setenv("DATASPOR_DAGSTER_POSTGRES_URL", url)
        with psycopg.connect(server.dsn(), autocommit=True) as connection:
            connection.execute("create database dagster")
        with DagsterInstance.get() as instance:
            assert instance.get_runs_count() == 0
        with psycopg.connect(server.dsn("dagster")) as connection:
            tables = connection.execute("select tablename from pg_tables").fetchall()
    assert {("runs",), ("event_logs",), ("job_ticks",)} <= set(tables)


def test_the_instance_file_keeps_what_dataspor_itself_would_write(tmp_path: Path) -> None:
    written = instance_folder(Settings(tmp_path, tmp_path / "home", PACKAGED_CONFIG))
    own = yaml.safe_load((written / "dagster.yaml").read_text(encoding="utf-8"))
    deployed = yaml.safe_load((DEPLOY / "dagster.yaml").read_text(encoding="utf-8"))
    assert own.items() <= deployed.items()


def test_the_image_has_what_compose_mounts_and_starts() -> None:
    image = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    for service in ("code-location", "viewer", "control", "daemon", "backup"):
        for volume in compose()[service]["volumes"]:  # type: ignore[attr-defined]
            target = volume.rsplit(":", 1)[-1] if not volume.endswith(":ro") else None
            assert target is None or target in image, volume
    assert "USER 10001:10001" in image


def test_the_image_prepares_what_make_install_prepares() -> None:
    image = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    rule = (PROJECT / "Makefile").read_text(encoding="utf-8").split("$(PARSED): ")[1]
    recipe = rule.partition("\n\n")[0]
    commands = re.findall(r"\$\(BIN\)/(dbt parse|python -m [a-z.]+)", recipe)
    assert len(commands) == 2
    assert all(command in image for command in commands)


def test_the_project_and_the_home_may_lie_in_folders_with_blanks(tmp_path: Path) -> None:
    folder, home = tmp_path / "a b", tmp_path / "the home"
    folder.mkdir()
    for name in ("Makefile", "requirements.lock", "pyproject.toml", "dbt_project"):
        (folder / name).symlink_to(PROJECT / name)
    told = subprocess.run(
        ["make", "--dry-run", "run"],
        cwd=folder,
        # a Python that is found by its name: only commands of the environment have a folder
        env={"PATH": os.environ["PATH"], "DATASPOR_HOME": str(home), "PYTHON": "python3.11"},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line for line in told.stdout.splitlines() if "/bin/" in line]
    commands = [shlex.split(line) for line in lines]
    assert {words[0] for words in commands} == {
        f".venv/bin/{name}" for name in ("pip", "dbt", "python", "dataspor")
    }
    assert [".venv/bin/dataspor", "sample", f"{home}/sample"] in commands


def test_backups_are_made_by_a_client_as_new_as_the_server() -> None:
    image = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert "FROM python:3.11-slim-bookworm" in image and "postgresql-client " in image
    # bookworm has 15; pg_dump refuses a server that is newer than itself
    assert compose()["database"]["image"] == "postgres:15-bookworm"


CONTAINERS = ("code-location", "viewer", "control", "daemon", "backup")


def test_containers_are_handed_every_variable_that_is_read() -> None:
    settings = (PROJECT / "orchestration" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'"(DATASPOR_[A-Z_]+)"', settings))
    for service in CONTAINERS:
        handed = compose()[service]["environment"]
        assert isinstance(handed, dict)
        assert read - set(handed) == {"DATASPOR_HOME"}, service
    assert "ENV DATASPOR_HOME=" in (DEPLOY / "Dockerfile").read_text(encoding="utf-8")


def test_a_configuration_of_ones_own_is_mounted_where_containers_look_for_it() -> None:
    for service in CONTAINERS:
        handed, volumes = compose()[service]["environment"], compose()[service]["volumes"]
        assert isinstance(handed, dict)
        assert isinstance(volumes, list)
        assert handed["DATASPOR_CONFIG"] == "${DATASPOR_CONFIG:+/etc/dataspor/config}"
        (source,) = [
            volume.removesuffix(":/etc/dataspor/config:ro")
            for volume in volumes
            if volume.endswith(":/etc/dataspor/config:ro")
        ]
        unset = source.removeprefix("${DATASPOR_CONFIG:-").removesuffix("}")
        assert (DEPLOY / unset).resolve() == PACKAGED_CONFIG  # a mount needs some folder


def test_the_wrapper_is_a_shell_script_that_the_shell_can_read() -> None:
    wrapper = DEPLOY / "dataspor"
    assert wrapper.stat().st_mode & 0o111
    subprocess.run(["sh", "-n", str(wrapper)], check=True)
    text = wrapper.read_text(encoding="utf-8")
    called = re.findall(r'"\$bin/(\w+)"', text)
    assert len(called) == 2
    for command in called:
        assert (Path(sys.prefix) / "bin" / command).exists()
    assert shlex.split(unit_lines(UNITS / "dataspor-code-location.service", "UMask")[0])[0] in text
