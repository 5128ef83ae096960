"""Settings of an installation: one frozen value, from the environment (``TROTH_…``) and defaults."""

from pathlib import Path

from pydantic import Field, ValidationError
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

    @property
    def data_folder(self) -> Path:
        """Where the main SQLite file lies."""
        return self.home / "data"

    @property
    def keys_folder(self) -> Path:
        """Where the SQLite file of wrapped keys lies."""
        return self.home / "keys"

    @property
    def master_key_file(self) -> Path:
        """Where the master key lies.

        Raises:
            InputError: inside the data's or the keys' folder, where a backup would take it along.
        """
        file = self.master_key or self.home / "secret" / "master.key"
        for folder in (self.data_folder, self.keys_folder):
            if file.resolve().is_relative_to(folder.resolve()):
                raise InputError(
                    "master_key_place",
                    "The master key may not lie in the folder of the data or of the wrapped keys.",
                    "Name another place with TROTH_MASTER_KEY.",
                )
        return file


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
