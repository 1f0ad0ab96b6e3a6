import subprocess
import sys
import textwrap

import pytest

import reason
from reason import registry
from reason.errors import RegistryError, UnknownFamilyError

FAMILY = textwrap.dedent(
    '''
    from reason import Config, Draft, Family, Verdict, register

    @register
    class {name}(Family[Config]):
        """Copy a digit."""

        id = "{name}-v0"
        domain = "plugins"
        finite = True

        def at_level(self, level):
            return Config()

        def generate(self, rng, config):
            digit = rng.randrange(10)
            return Draft(prompt=f"Copy {{digit}}", ground_truth={{"digit": digit}}, reference=str(digit))

        def verify(self, task, answer):
            right = answer == str(task.ground_truth["digit"])
            return Verdict.right() if right else Verdict.wrong("another digit")
    '''
)


def install_plugin(site, distribution, entry_points, modules):
    for name, text in modules.items():
        (site / f"{name}.py").write_text(text)
    info = site / f"{distribution}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[reason.families]\n" + entry_points)


def run(site, code, *options):
    return subprocess.run(
        [sys.executable, *options, "-c", textwrap.dedent(code)],
        env={"PYTHONPATH": str(site), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("name", reason.ids())
def test_every_indexed_family_loads_and_declares_its_id(name):
    family = reason.get(name)
    assert family.id == name
    assert (
        type(family).__module__
        == f"reason.generators.{family.domain}.{type(family).__module__.split('.')[-1]}"
    )
    assert reason.get(f"reason/{name}") is family


def test_a_name_without_version_is_the_latest():
    assert reason.get("SAT").id == "SAT-v0"


@pytest.mark.parametrize(
    ("name", "meant"),
    [("SATT-v0", "SAT-v0"), ("sat", "SAT-v0"), ("reason/Sat-v0", "SAT-v0"), ("SAT-v99", "SAT-v0")],
)
def test_an_unknown_name_says_what_was_meant(name, meant):
    with pytest.raises(UnknownFamilyError, match=f"did you mean '{meant}'"):
        reason.get(name)


def test_a_name_like_no_other_says_where_to_look():
    with pytest.raises(UnknownFamilyError, match="reason list"):
        reason.get("Zzzzzz")


def test_a_name_that_is_no_string_is_a_type_error():
    with pytest.raises(TypeError, match="string"):
        reason.get(7)


def test_a_plugin_joins_by_its_entry_point(tmp_path):
    install_plugin(tmp_path, "copies", "Copy-v0 = copying\n", {"copying": FAMILY.format(name="Copy")})
    result = run(
        tmp_path,
        """
        import sys, gymnasium, reason
        assert "copying" not in sys.modules
        env = gymnasium.make("reason/Copy-v0", level=0)
        prompt, _ = env.reset(seed=0)
        print(env.step(f"<answer>{prompt[-1]}</answer>")[1])
        """,
        "-W", "error",
    )  # fmt: skip
    assert (result.stdout.strip(), result.stderr) == ("1.0", "")


@pytest.mark.parametrize(
    ("entry_points", "modules", "named"),
    [
        ("Broken-v0 = broken\n", {"broken": "1 / 0"}, "ZeroDivisionError"),
        ("Broken-v0 = missing_module\n", {}, "ModuleNotFoundError"),
        ("Broken-v0 = empty\n", {"empty": ""}, "does not register"),
    ],
)
def test_a_broken_plugin_warns_by_name_and_breaks_nothing(tmp_path, entry_points, modules, named):
    install_plugin(tmp_path, "broken", entry_points, modules)
    result = run(tmp_path, "import reason; print(*[family.id for family in reason.families()])")
    assert "SAT-v0" in result.stdout
    assert "Broken-v0" in result.stderr
    assert named in result.stderr


@pytest.mark.parametrize(
    ("entry_points", "reason_given"),
    [("SAT-v0 = mine\n", "already"), ("no version = mine\n", "must look like")],
)
def test_a_plugin_with_an_impossible_name_is_ignored_by_name(tmp_path, entry_points, reason_given):
    install_plugin(tmp_path, "mine", entry_points, {"mine": FAMILY.format(name="Mine")})
    result = run(tmp_path, "import reason; print(type(reason.get('SAT')).__module__)")
    assert result.stdout.strip() == "reason.generators.logic.sat"
    assert reason_given in result.stderr
    assert entry_points.split(" =")[0] in result.stderr


def test_two_families_cannot_share_an_id(tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.py").write_text(FAMILY.format(name="Same"))
    with pytest.raises(RegistryError, match=r"families\.two and families\.one both declare Same-v0"):
        registry.scan(tmp_path, "families")


def test_the_index_reads_files_without_running_them(tmp_path):
    folder = tmp_path / "domain"
    folder.mkdir()
    (folder / "copying.py").write_text("raise SystemExit\n" + FAMILY.format(name="Copy"))
    (folder / "_private.py").write_text(FAMILY.format(name="Private"))
    (folder / "plain.py").write_text("x = 1\n")
    assert registry.scan(tmp_path, "families") == {"Copy-v0": "families.domain.copying"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ('id = "copy"', "must look like"),
        ("", "lacks id"),
        ('id = "Copy-v0"; verify = reason.Family.verify', "lacks verify"),
    ],
)
def test_a_class_that_breaks_the_contract_is_refused(change, message):
    text = FAMILY.format(name="Copy").replace('id = "Copy-v0"', change or "pass")
    if "verify" in change:
        text = "import reason\n" + text[: text.index("    def verify")]
    with pytest.raises(RegistryError, match=message):
        exec(text, {"__name__": "made_up"})


def test_families_load_from_many_threads_at_once(tmp_path):
    code = """
        import threading, reason
        found, names = [], reason.ids()
        def work(): found.extend(reason.get(name).id for name in names)
        threads = [threading.Thread(target=work) for _ in range(8)]
        [thread.start() for thread in threads]; [thread.join() for thread in threads]
        assert len(found) == 8 * len(names)
    """
    assert run(tmp_path, code).returncode == 0
