"""Packages for researchers: a list, a wheelhouse, a lock for each project, a layer that its sandboxes import from."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from desk_lab import PROJECT
from tiny_wheels import listed, tiny_wheel
from way_in_lab import MEMBER, OPERATOR, WayInLab

from datalab.audit.event import Action
from datalab.errors import IntegrityError, NotFoundError, PackageError, PermissionDeniedError
from infra.packages.allow_list import read_allow_list
from infra.packages.contents import check_adds
from infra.packages.office import PackageOffice
from infra.packages.project import ProjectPackages
from infra.packages.wheelhouse import Wheelhouse

A, B = "a" * 64, "b" * 64


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that stands for the registry: pip finds it by the operator's own settings."""
    folder = tmp_path / "registry"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def house(tmp_path: Path) -> Wheelhouse:
    """Return an empty wheelhouse."""
    return Wheelhouse(folder=tmp_path / "packages")


def project(house: Wheelhouse) -> ProjectPackages:
    """Return a project's packages."""
    return ProjectPackages(folder=house.folder, project="safer")


def imported(layer: Path | None, code: str) -> str:
    """Run Python with a layer."""
    assert layer is not None
    command = [sys.executable, "-c", f"import sys; sys.path.append({str(layer)!r}); {code}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("humanize==4.17.0\n", [1]),
        (f"humanize>=4 --hash=sha256:{A}\n", [1]),
        (f"# fine\n--index-url https://registry.example/simple\nx==1 --hash=sha256:{A}\n", [2]),
        (f"x @ https://files.example/x.whl --hash=sha256:{A}\n", [1]),
        ("-e .\n", [1]),
        ("x==1 --hash=md5:00\n", [1]),
        (f"x==1 --hash=sha256:{A} --global-option=evil\n", [1]),
        ("", []),
    ],
)
def test_a_list_that_pins_less_than_everything_is_refused(text: str, lines: list[int]) -> None:
    """Version and sha256 of every package, no option and no address; each wrong line is named."""
    with pytest.raises(PackageError) as refusal:
        read_allow_list(text)
    assert [number for number in range(1, 5) if f"line {number}:" in str(refusal.value)] == lines


def test_a_list_as_tools_write_it_is_read() -> None:
    """Continued lines, comments, markers and several hashes."""
    text = f"Some_Thing==1.0 ; python_version < '4' \\\n    --hash=sha256:{A} \\\n    --hash=sha256:{B}\n    # via x\n"

    (one,) = read_allow_list(text)

    assert (one.name, one.version, one.digests) == ("some-thing", "1.0", {A, B})


def test_a_project_imports_what_it_locked(source: Path, house: Wheelhouse) -> None:
    """Sync, lock, import: with what a package needs, hash-pinned, without an address."""
    wheels = tiny_wheel(source, "tinyone", needs=("tinytwo>=1",)), tiny_wheel(source, "tinytwo", "1.5")
    assert set(house.sync(listed(*wheels))) == {one.name for one in wheels}

    lock = project(house).lock(["tinyone"])

    assert lock == listed(*wheels)
    assert imported(project(house).layer, "import tinyone, tinytwo; print(tinytwo.VERSION)") == "1.5"


def test_a_lock_that_changes_leaves_running_sandboxes_theirs(source: Path, house: Wheelhouse) -> None:
    """Every lock has a layer of its own; the older one stays as it is."""
    wheels = tiny_wheel(source, "tinyone"), tiny_wheel(source, "tinyone", "2.0")
    house.sync(listed(wheels[0]))
    project(house).lock(["tinyone"])
    before = project(house).layer
    house.sync(listed(wheels[1]))
    project(house).lock(["tinyone"])

    assert imported(before, "import tinyone; print(tinyone.VERSION)") == "1.0"
    assert imported(project(house).layer, "import tinyone; print(tinyone.VERSION)") == "2.0"


def test_what_is_not_listed_is_not_there(source: Path, house: Wheelhouse) -> None:
    """A registry may have it; the wheelhouse does not, and the lock says so."""
    listed_one, _ = tiny_wheel(source, "tinyone", needs=("tinytwo",)), tiny_wheel(source, "tinytwo")
    house.sync(listed(listed_one))

    for wish in ("tinytwo", "tinyone"):
        with pytest.raises(PackageError, match="tinytwo"):
            project(house).lock([wish])
    assert project(house).layer is None


def test_another_file_than_listed_is_refused(source: Path, house: Wheelhouse) -> None:
    """A registry that serves other bytes under the same name changes nothing here."""
    good = listed(tiny_wheel(source, "tinyone"))
    house.sync(good)
    tiny_wheel(source, "tinyone", needs=("evil",))

    with pytest.raises(PackageError, match=r"(?i)hash"):
        house.sync(good)
    assert house.check()


def test_sources_are_never_built(source: Path, house: Wheelhouse, tmp_path: Path) -> None:
    """A source distribution, though listed with its hash, is refused before its code could run."""
    ran = tmp_path / "ran"
    setup = f"open({str(ran)!r}, 'w'); from setuptools import setup; setup(name='tinysrc', version='1.0')".encode()
    file = source / "tinysrc-1.0.tar.gz"
    with tarfile.open(file, "w:gz") as archive:
        for name, text in (("setup.py", setup), ("PKG-INFO", b"Metadata-Version: 2.1\nName: tinysrc\nVersion: 1.0\n")):
            member = tarfile.TarInfo(f"tinysrc-1.0/{name}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()

    with pytest.raises(PackageError, match="tinysrc"):
        house.sync(f"tinysrc==1.0 --hash=sha256:{digest}\n")
    assert not ran.exists()


@pytest.mark.parametrize("act", ["change", "add", "remove"])
def test_a_wheelhouse_that_was_tampered_with_is_refused(source: Path, house: Wheelhouse, act: str) -> None:
    """A wheel that was changed, put there or taken away is found before anything is chosen from it."""
    house.sync(listed(tiny_wheel(source, "tinyone")))
    (wheel,) = house.wheels.iterdir()
    match act:
        case "change":
            tiny_wheel(house.wheels, "tinyone", needs=("evil",))
        case "add":
            tiny_wheel(house.wheels, "evil")
        case _:
            wheel.unlink()

    with pytest.raises(IntegrityError, match="wheelhouse"):
        project(house).lock(["tinyone"])


def test_two_wishes_that_do_not_go_together_are_said(source: Path, house: Wheelhouse) -> None:
    """The refusal names who needs what."""
    one = tiny_wheel(source, "tinyone", needs=("tinytwo<2",))
    house.sync(listed(one, tiny_wheel(source, "tinytwo", "2.0")))

    with pytest.raises(PackageError, match="tinytwo<2"):
        project(house).lock(["tinyone", "tinytwo==2.0"])


def test_a_package_of_the_labs_own_is_never_replaced(source: Path, house: Wheelhouse) -> None:
    """What needs another version of one conflicts, though the wheelhouse has that version."""
    house.sync(listed(tiny_wheel(source, "oldnumpy", needs=("numpy<1",)), tiny_wheel(source, "numpy", "0.5")))

    with pytest.raises(PackageError, match="numpy"):
        project(house).lock(["oldnumpy"])


@pytest.mark.parametrize("wish", ["https://files.example/x.whl", "--index-url=x", "../x.whl", "x @ file:///x", ""])
def test_a_wish_is_a_name_and_no_address(house: Wheelhouse, wish: str) -> None:
    """No option, path or address reaches pip."""
    with pytest.raises(PackageError, match="name"):
        project(house).lock([wish])


def test_an_operator_alone_changes_packages_and_it_is_logged(source: Path, tmp_path: Path) -> None:
    """A researcher may not; what an operator did stands in the log with the digest of the list and of the lock."""
    lab = WayInLab(tmp_path / "l")
    text = listed(tiny_wheel(source, "tinyone"))
    for act in (lambda: PackageOffice(lab=lab.lab, actor=MEMBER).sync(text),):
        with pytest.raises(PermissionDeniedError):
            act()
    office = PackageOffice(lab=lab.lab, actor=OPERATOR)
    office.sync(text)
    with pytest.raises(NotFoundError):
        office.lock("elsewhere", ["tinyone"])
    office.lock(PROJECT.id, ["tinyone"])

    with lab.lab.control.read() as tx:
        events = [one.event for one in tx.audit.entries()]
    said = {one.action: one.details for one in events}
    assert said[Action.PACKAGES_SYNCED] == {"sha256": hashlib.sha256(text.encode()).hexdigest(), "wheels": 1}
    assert said[Action.PACKAGES_LOCKED]["packages"] == 1


HUMANIZE = "humanize==4.17.0 --hash=sha256:02d0899527760efe18011944f882df4970943b4cdff7b5a0ba7fed43a576ef98\n"


@pytest.mark.slow
def test_a_real_package_comes_from_a_real_registry(house: Wheelhouse) -> None:
    """The operator's own pip fetches a package of the public registry, and the project imports it."""
    try:
        house.sync(HUMANIZE)
    except PackageError as error:
        pytest.skip(f"No registry answers here: {error.what}")

    assert project(house).lock(["humanize"]) == HUMANIZE
    assert imported(project(house).layer, "import humanize; print(humanize.intcomma(1234567))") == "1,234,567"


REPLACING = {
    "pandas/__init__.py": "the module pandas.*pandas, which the lab has",
    "datalab/query.py": "the module datalab.*datalab, which the lab has",
    "numpy.cpython-311-x86_64-linux-gnu.so": "the module numpy",
    "json/__init__.py": "Python's own",
    "sitecustomize.py": "the module sitecustomize.*at every start",
    "usercustomize/__init__.py": "the module usercustomize",
    "innocent.pth": "innocent.pth",
    "innocent-1.0.data/purelib/pyspark/sql.py": "the module pyspark",
    "innocent-1.0.data/platlib/also.pth": "also.pth",
    "innocent-1.0.data/data/pyarrow/lib.py": "the module pyarrow",
}


@pytest.mark.parametrize("path", REPLACING)
def test_a_module_that_stands_in_anothers_place_is_found(path: str, tmp_path: Path) -> None:
    """A wheel with a module of the lab's or of Python's, or with what runs at every start, is refused by name."""
    wheel = tiny_wheel(tmp_path, "innocent", holds=(path,))

    with pytest.raises(PackageError, match=f"(?s)innocent-1.0-py3-none-any.whl.*{REPLACING[path]}"):
        check_adds(wheel, name="innocent", of_the_lab=True)


def test_a_listed_wheel_that_replaces_a_module_is_not_taken_in(source: Path, house: Wheelhouse) -> None:
    """Where one wheel of a list is refused, the wheelhouse is as it was."""
    house.sync(listed(tiny_wheel(source, "tinyone")))

    with pytest.raises(PackageError, match="innocent"):
        house.sync(listed(tiny_wheel(source, "innocent", holds=("pandas/__init__.py",))))

    assert [one.name for one in house.check().values()] == ["tinyone"]


def test_a_wheel_that_adds_is_taken(tmp_path: Path) -> None:
    """Modules of its own, a folder that several makers share, data and tests beside them are no reason to refuse."""
    holds = ("innocent_too/__init__.py", "google/ours/__init__.py", "innocent-1.0.data/scripts/pandas", "tests/x.py")

    check_adds(tiny_wheel(tmp_path, "innocent", holds=holds), name="innocent", of_the_lab=False)


def test_a_wheel_of_the_labs_own_package_may_be_listed(tmp_path: Path) -> None:
    """A list that names what a package needs may name pandas itself, which no project is given."""
    wheel = tiny_wheel(tmp_path, "pandas", holds=("pandas/__init__.py",))

    check_adds(wheel, name="pandas", of_the_lab=True)
    with pytest.raises(PackageError, match="the module pandas"):
        check_adds(wheel, name="pandas", of_the_lab=False)


def test_a_projects_packages_can_be_emptied(source: Path, house: Wheelhouse) -> None:
    """A lock of no package takes those away that were there, and the sandboxes mount nothing."""
    house.sync(listed(tiny_wheel(source, "tinyone")))
    project(house).lock(["tinyone"])
    assert project(house).layer is not None

    assert project(house).lock([]) == ""
    assert project(house).layer is None
