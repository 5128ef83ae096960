"""Settings of an installation: one frozen value, from the environment (``TROTH_…``) and defaults."""

from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from troth.errors import InputError


class Settings(BaseSettings):
    """Where things are. Every setting is also an environment variable: ``TROTH_HOME`` and so on.

    The three folders under `home` are apart on purpose: the data, the wrapped keys, and the master key that wraps
    them. Back them up apart, and move the master key off the machine's disk when you can.
    """

    model_config = SettingsConfigDict(env_prefix="TROTH_", frozen=True, extra="ignore")

    home: Path = Field(default=Path(".troth"), description="The installation's folder.")
    promise: Path = Field(default=Path("promise.yaml"), description="The promise file.")
    database: str = Field(default="", description="URL of the main database; empty: SQLite in HOME/data.")
    keys_database: str = Field(default="", description="URL of the key database; empty: SQLite in HOME/keys.")
    master_key: Path | None = Field(default=None, description="The master key file; empty: HOME/secret/master.key.")
    key_provider: str = Field(
        default="", description="Who holds the master key: file:…, transit:https://… or aws-kms:…; empty: MASTER_KEY."
    )
    transit_token: SecretStr = Field(default=SecretStr(""), description="The token for OpenBao or Vault.")
    transit_token_file: Path | None = Field(default=None, description="A file with that token, read at every call.")
    transit_ca: Path | None = Field(default=None, description="Certificates to trust; empty: the machine's.")
    transit_namespace: str = Field(default="", description="The namespace in OpenBao or Vault.")
    epoch_days: int = Field(default=30, ge=0, le=3660, description="How long an epoch lasts; 0: until ended by hand.")
    renew_master: Literal["auto", "yes", "no"] = Field(
        default="auto",
        description="Renew the master key with each epoch; auto: where nobody must carry a copy of it.",
    )

    log: str = Field(
        default="",
        description="The name of the ledger's log, for good, e.g. larkfield.example/log; empty: the company's site.",
    )
    witnesses: str = Field(
        default="",
        description="Who cosigns the log: for each its address, a space and its key; commas between.",
    )
    epoch_copy: str = Field(
        default="",
        description="Where a copy of the keys goes before an epoch’s old key is destroyed: a folder or s3://…; "
        "empty: nowhere.",
    )

    @property
    def data_folder(self) -> Path:
        """Where the main SQLite file lies."""
        return self.home / "data"

    @property
    def keys_folder(self) -> Path:
        """Where the SQLite file of wrapped keys lies."""
        return self.home / "keys"

    @property
    def database_url(self) -> str:
        """The URL of the main database."""
        return self.database or f"sqlite:///{self.data_folder / 'troth.db'}"

    @property
    def keys_database_url(self) -> str:
        """The URL of the key database."""
        return self.keys_database or f"sqlite:///{self.keys_folder / 'keys.db'}"

    @property
    def master_key_file(self) -> Path:
        """Where the master key lies.

        Raises:
            InputError: inside the data's or the keys' folder, where a backup would take it along.
        """
        file = self.master_key or self.home / "secret" / "master.key"
        kind, _, place = self.key_provider.partition(":")
        if self.key_provider and self.master_key:
            raise InputError(
                "key_provider", "Both TROTH_MASTER_KEY and TROTH_KEY_PROVIDER are set.", "Leave one of them out."
            )
        if kind == "file" and place:
            file = Path(place)
        for folder in (self.data_folder, self.keys_folder):
            must_lie_outside(file, folder)
        return file

    @property
    def key_provider_words(self) -> str:
        """Kind and place of the key provider, as `troth.keys.choosing` reads them.

        Raises:
            InputError: as for `master_key_file`.
        """
        file = self.master_key_file
        return self.key_provider if self.key_provider.partition(":")[0] not in {"", "file"} else f"file:{file}"

    @property
    def epoch_lasts(self) -> timedelta | None:
        """How long an epoch of keys lasts; None: until it is ended by hand."""
        return timedelta(days=self.epoch_days) if self.epoch_days else None

    @property
    def renews_master(self) -> bool | None:
        """Whether the master key is renewed with each epoch; None: where nobody must carry a copy of it."""
        return {"auto": None, "yes": True, "no": False}[self.renew_master]


def must_lie_outside(master_key: Path, folder: Path) -> None:
    """Check that a master key file is not in a folder of data, wrapped keys or backups.

    Raises:
        InputError: it is: whoever takes the folder would take the key along.
    """
    if master_key.resolve().is_relative_to(folder.resolve()):
        raise InputError(
            "master_key_place",
            "The master key may not lie in the folder of the data, of the wrapped keys or of a backup.",
            "Name another place with TROTH_MASTER_KEY.",
        )


def from_environment() -> Settings:
    """Return the settings of this process.

    Raises:
        InputError: a variable can't be understood.
    """
    try:
        return Settings()
    except ValidationError as error:
        names = ", ".join(f"TROTH_{str(one['loc'][0]).upper()}" for one in error.errors())
        raise InputError("settings", f"These settings can't be understood: {names}.", "Correct them.") from None
