"""What every key provider keeps, whoever holds the master key. Each has a class that inherits these tests."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from troth.errors import UnavailableError
from troth.keys.provider import KeyProvider
from troth.keys.sealing import new_key


class ProviderContract:
    """Inherit it and give the fixture `opened`: a function that opens the provider as a new process would.

    The master key must be there. Where it can be renewed it must be one that may be retired.
    """

    @pytest.fixture
    def provider(self, opened: Callable[[], KeyProvider]) -> KeyProvider:
        return opened()

    @pytest.fixture
    def renewing(self, provider: KeyProvider) -> KeyProvider:
        if not provider.abilities.renews:
            pytest.skip("this master key can't be renewed")
        return provider

    def test_it_says_that_it_can(self, provider: KeyProvider) -> None:
        provider.check()
        assert provider.current()
        assert provider.name

    def test_what_is_wrapped_comes_back(self, provider: KeyProvider) -> None:
        key = new_key()
        wrapped = provider.wrap(key, "epoch 1")
        assert wrapped.master == provider.current()
        assert provider.unwrap(wrapped.data, "epoch 1") == key

    def test_what_is_wrapped_holds_no_key_and_is_never_the_same_twice(self, provider: KeyProvider) -> None:
        key = new_key()
        one, other = provider.wrap(key, "epoch 1"), provider.wrap(key, "epoch 1")
        assert key not in one.data
        assert one.data != other.data

    def test_under_another_label_it_does_not_come_back(self, provider: KeyProvider) -> None:
        wrapped = provider.wrap(new_key(), "epoch 1")
        with pytest.raises(UnavailableError) as caught:
            provider.unwrap(wrapped.data, "epoch 2")
        assert caught.value.code == "master_key_wrong"

    def test_what_was_changed_does_not_come_back(self, provider: KeyProvider) -> None:
        wrapped = provider.wrap(new_key(), "epoch 1").data
        for place in (-1, -9, len(wrapped) // 2):
            changed = bytearray(wrapped)
            changed[place] = ord("A") if changed[place] != ord("A") else ord("B")
            with pytest.raises(UnavailableError):
                provider.unwrap(bytes(changed), "epoch 1")

    @pytest.mark.parametrize("wrapped", [b"", b"\x00", b"vault:v1:", b"vault:v1:AAAA", b"x" * 200])
    def test_what_was_never_wrapped_is_told(self, provider: KeyProvider, wrapped: bytes) -> None:
        with pytest.raises(UnavailableError):
            provider.unwrap(wrapped, "epoch 1")

    def test_another_process_unwraps_it(self, provider: KeyProvider, opened: Callable[[], KeyProvider]) -> None:
        key = new_key()
        wrapped = provider.wrap(key, "epoch 1")
        assert opened().unwrap(wrapped.data, "epoch 1") == key

    def test_many_may_ask_at_once(self, provider: KeyProvider) -> None:
        keys = [new_key() for _ in range(12)]

        def there_and_back(key: bytes) -> bytes:
            return provider.unwrap(provider.wrap(key, "epoch 1").data, "epoch 1")

        with ThreadPoolExecutor(4) as threads:
            assert list(threads.map(there_and_back, keys)) == keys

    def test_a_fixed_one_says_that_it_cannot_be_renewed(self, provider: KeyProvider) -> None:
        if provider.abilities.renews:
            pytest.skip("this master key can be renewed")
        with pytest.raises(UnavailableError, match="renewed"):
            provider.renew({provider.current()})

    def test_renewed_it_wraps_with_the_new_and_unwraps_both(
        self, renewing: KeyProvider, opened: Callable[[], KeyProvider]
    ) -> None:
        other, key = opened(), new_key()
        before = renewing.wrap(key, "epoch 1")
        renewing.renew({before.master})
        after = renewing.wrap(key, "epoch 2")
        assert after.master != before.master
        assert after.master == renewing.current() == other.current()
        for one in (renewing, other):
            assert one.unwrap(before.data, "epoch 1") == key
            assert one.unwrap(after.data, "epoch 2") == key

    def test_renewing_again_after_a_crash_makes_no_second(self, renewing: KeyProvider) -> None:
        used = {renewing.current()}
        renewing.renew(used)
        new = renewing.current()
        renewing.renew(used)
        assert renewing.current() == new

    def test_retired_it_opens_nothing_any_more(
        self, renewing: KeyProvider, opened: Callable[[], KeyProvider]
    ) -> None:
        other, key = opened(), new_key()
        before = renewing.wrap(key, "epoch 1")
        renewing.renew({before.master})
        after = renewing.wrap(key, "epoch 2")
        for _ in range(2):  # the second time as after a crash
            assert renewing.retire({before.master}, {after.master}) == {before.master}
        for one in (renewing, other):
            with pytest.raises(UnavailableError):
                one.unwrap(before.data, "epoch 1")
            assert one.unwrap(after.data, "epoch 2") == key

    def test_what_is_needed_is_never_retired(self, renewing: KeyProvider) -> None:
        key = new_key()
        before = renewing.wrap(key, "epoch 1")
        renewing.renew({before.master})
        after = renewing.wrap(key, "epoch 2")
        assert renewing.retire({before.master, after.master}, {before.master, after.master}) == set()
        assert renewing.unwrap(before.data, "epoch 1") == renewing.unwrap(after.data, "epoch 2") == key
