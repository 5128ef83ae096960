from datetime import timedelta
from pathlib import Path

import pytest

from troth.errors import InputError
from troth.settings import Settings, from_environment


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TROTH_HOME", str(tmp_path))
    return tmp_path


def test_without_words_the_master_key_is_a_file_beside_data_and_keys(home: Path) -> None:
    settings = from_environment()
    assert settings.key_provider_words == f"file:{home}/secret/master.key"
    assert settings.epoch_lasts == timedelta(days=30)
    assert settings.renews_master is None


def test_other_places_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TROTH_KEY_PROVIDER", f"file:{tmp_path}/elsewhere.key")
    assert from_environment().master_key_file == tmp_path / "elsewhere.key"
    monkeypatch.setenv("TROTH_KEY_PROVIDER", "aws-kms:alias/troth")
    assert from_environment().key_provider_words == "aws-kms:alias/troth"
    monkeypatch.setenv("TROTH_EPOCH_DAYS", "0")
    monkeypatch.setenv("TROTH_RENEW_MASTER", "yes")
    assert from_environment().epoch_lasts is None
    assert from_environment().renews_master is True


@pytest.mark.parametrize("folder", ["data", "keys", "data/deeper", "keys/../data"])
@pytest.mark.parametrize("setting", ["TROTH_MASTER_KEY", "TROTH_KEY_PROVIDER"])
def test_a_master_key_beside_its_lock_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch, folder: str, setting: str
) -> None:
    place = home / folder / "master.key"
    monkeypatch.setenv(setting, str(place) if setting == "TROTH_MASTER_KEY" else f"file:{place}")
    with pytest.raises(InputError) as caught:
        _ = from_environment().key_provider_words
    assert caught.value.code == "master_key_place"


def test_a_master_key_behind_a_link_into_the_data_is_refused(home: Path) -> None:
    (home / "data").mkdir()
    (home / "innocent").symlink_to(home / "data")
    with pytest.raises(InputError):
        _ = Settings(home=home, master_key=home / "innocent" / "master.key").key_provider_words


def test_two_places_for_one_key_are_refused(home: Path) -> None:
    with pytest.raises(InputError, match="Both"):
        _ = Settings(home=home, master_key=home / "a", key_provider="aws-kms:alias/troth").key_provider_words


@pytest.mark.parametrize(
    ("name", "value"), [("TROTH_EPOCH_DAYS", "-1"), ("TROTH_EPOCH_DAYS", "often"), ("TROTH_RENEW_MASTER", "maybe")]
)
def test_a_setting_that_can_not_be_understood_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=name):
        from_environment()


def test_a_token_does_not_show_in_the_settings() -> None:
    settings = Settings.model_validate({"transit_token": "secret-token"})
    assert "secret-token" not in repr(settings) + str(settings)
