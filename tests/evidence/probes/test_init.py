"""The probes as a set: each stands for itself."""

from annotator.evidence.probes import probes


def test_every_probe_confirms_in_a_file_of_its_own() -> None:
    """Compiled loops are cached by the file of the function they are made around: two in one would share a loop."""
    files = [probe.confirm.__code__.co_filename for probe in probes()]
    assert len(files) > 80
    assert len(set(files)) == len(files)


def test_every_probe_says_what_it_is_and_on_which_grounds() -> None:
    """A name of its own, a title, sources, and bases that a verdict has room for."""
    names = [probe.name for probe in probes()]
    assert len(set(names)) == len(names)
    for probe in probes():
        assert probe.title, probe.name
        assert probe.sources, probe.name
        assert probe.signatures, probe.name
        assert 0 < len(probe.bases) <= 64, probe.name
        assert 0 <= probe.strength <= 100, probe.name
