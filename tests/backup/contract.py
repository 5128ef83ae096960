"""What every place for backups must keep."""

import pytest

from backup.restores import back_up, lose, restore
from installations import NOW, ORDERS, say
from troth.app import App
from troth.backup.finding import names_in, unfinished_in
from troth.backup.place import Place
from troth.errors import NotFoundError, UnavailableError


class PlaceContract:
    """Inherited by the tests of each place, which give it as the fixture `place`, still empty."""

    def test_what_was_put_comes_back(self, place: Place) -> None:
        every_byte = bytes(range(256)) * 300
        place.put("troth-main-1/items-00001.rows", every_byte)
        place.put("troth-main-1/manifest.json", b"")
        assert place.get("troth-main-1/items-00001.rows") == every_byte
        assert place.get("troth-main-1/manifest.json") == b""
        assert place.names() == ["troth-main-1/items-00001.rows", "troth-main-1/manifest.json"]

    def test_a_place_that_was_never_used_is_empty(self, place: Place) -> None:
        assert place.names() == []

    def test_what_is_not_there_is_told(self, place: Place) -> None:
        with pytest.raises(NotFoundError):
            place.get("troth-main-1/manifest.json")

    def test_what_is_there_is_never_replaced(self, place: Place) -> None:
        place.put("troth-main-1/a", b"first")
        with pytest.raises(UnavailableError, match="very second"):
            place.put("troth-main-1/a", b"second")
        assert place.get("troth-main-1/a") == b"first"
        assert place.names() == ["troth-main-1/a"]

    def test_what_is_removed_is_gone_and_removing_it_again_is_nothing(self, place: Place) -> None:
        place.put("troth-main-1/a", b"first")
        place.remove("troth-main-1/a")
        place.remove("troth-main-1/a")
        assert place.names() == []

    def test_a_whole_backup_goes_there_and_comes_back(self, place: Place, app: App) -> None:
        customer = say(app, "c1", ORDERS, "yes")
        back_up(app, place)
        assert names_in(place, "main") == ["troth-main-20261122T120000Z"]
        assert unfinished_in(place) == []
        home = app.settings.home
        app.close()
        lose(home, "main")
        _, again = restore(home, place)
        assert again.identity.outside_id(customer) == "c1"
        assert [one.choice.at for one in again.consent.history(customer)] == [NOW]
        again.close()
