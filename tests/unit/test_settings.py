from __future__ import annotations

from pathlib import Path

import pytest

from datalab.errors import SettingsError
from datalab.settings import read_settings


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    """A DATALAB_ variable overrides lab.toml, and lab.toml overrides the default."""
    (tmp_path / "lab.toml").write_text('spark_memory = "3g"\nbuckets = 16\n')

    settings = read_settings({"DATALAB_BUCKETS": "32", "PATH": "/bin"}, tmp_path)

    assert (settings.spark_memory, settings.buckets, settings.spark_master) == ("3g", 32, "local[*]")


def test_the_home_comes_from_the_command_then_the_environment(tmp_path: Path) -> None:
    """A named folder wins over DATALAB_HOME."""
    environ = {"DATALAB_HOME": str(tmp_path / "a")}

    assert read_settings(environ).home == tmp_path / "a"
    assert read_settings(environ, tmp_path / "b").home == tmp_path / "b"


def test_the_folder_of_test_data_is_no_setting_of_a_lab(tmp_path: Path) -> None:
    """A lab starts beside DATALAB_TEST_DATA, which names test data of the source tree; lab.toml may not name it."""
    assert read_settings({"DATALAB_TEST_DATA": "/data"}, tmp_path) == read_settings({}, tmp_path)

    (tmp_path / "lab.toml").write_text('test_data = "/data"\n')
    with pytest.raises(SettingsError, match="no setting called test_data"):
        read_settings({}, tmp_path)


@pytest.mark.parametrize(
    ("environ", "file", "said"),
    [
        ({"DATALAB_BUCKET": "8"}, "", "no setting called bucket"),
        ({"DATALAB_BUCKETS": "many"}, "", "whole number above 0"),
        ({"DATALAB_BUCKETS": "0"}, "", "whole number above 0"),
        ({}, "home = '/elsewhere'", "no setting called home"),
        ({}, "buckets = [1]", "whole number above 0"),
        ({}, "buckets = ", "not TOML"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(tmp_path: Path, environ: dict[str, str], file: str, said: str) -> None:
    """An unknown name, a wrong kind or a broken file is refused with what to correct."""
    (tmp_path / "lab.toml").write_text(file)

    with pytest.raises(SettingsError, match=said):
        read_settings(environ, tmp_path)
