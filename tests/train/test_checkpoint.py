import json

import pytest
import torch

from reason.errors import ConfigError, InputFormatError
from reason.train import checkpoint
from reason.train.checkpoint import find_checkpoint, list_checkpoints, load_checkpoint, save_checkpoint


def save(folder, step, keep=2):
    return save_checkpoint(
        folder, step, state={"step": step}, tensors={"weight": torch.full((3,), float(step))}, keep=keep
    )


def test_what_was_saved_is_read_back(tmp_path):
    state, tensors = load_checkpoint(save(tmp_path, 12))
    assert state == {"step": 12}
    assert torch.equal(tensors["weight"], torch.full((3,), 12.0))


def test_only_the_last_ones_are_kept(tmp_path):
    for step in (5, 10, 15, 20):
        save(tmp_path, step, keep=2)
    assert [step for step, _ in list_checkpoints(tmp_path)] == [15, 20]
    assert find_checkpoint(tmp_path, "auto").name == "step-000020"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-000015", "step-000020"]


def test_the_order_is_that_of_numbers_not_of_names(tmp_path):
    save(tmp_path, 999_999, keep=3)
    save(tmp_path, 1_000_000, keep=3)
    assert find_checkpoint(tmp_path, "auto").name == "step-1000000"


def test_a_step_that_is_saved_again_replaces_itself(tmp_path):
    save(tmp_path, 5)
    save(tmp_path, 5)
    assert [step for step, _ in list_checkpoints(tmp_path)] == [5]


@pytest.mark.parametrize("where", ["torch.save", "_flush", "rename"])
def test_a_crash_while_writing_leaves_the_checkpoint_before(tmp_path, monkeypatch, where):
    save(tmp_path, 1)

    def crash(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        if where == "rename":
            patched.setattr(type(tmp_path), "rename", crash)
        else:
            target = torch if where == "torch.save" else checkpoint
            patched.setattr(target, where.rpartition(".")[2], crash)
        with pytest.raises(KeyboardInterrupt):
            save(tmp_path, 2)
    assert [step for step, _ in list_checkpoints(tmp_path)] == [1]
    assert load_checkpoint(find_checkpoint(tmp_path, "auto"))[0] == {"step": 1}
    save(tmp_path, 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["step-000001", "step-000002"]


def test_nothing_to_resume_is_no_error_but_a_wrong_path_is(tmp_path):
    assert find_checkpoint(tmp_path / "none", "auto") is None
    with pytest.raises(ConfigError, match="resume must be"):
        find_checkpoint(tmp_path, str(tmp_path))


def test_a_damaged_checkpoint_is_named(tmp_path):
    path = save(tmp_path, 3)
    (path / "tensors.pt").write_bytes(b"PK damaged")
    with pytest.raises(InputFormatError, match="step-000003"):
        load_checkpoint(path)


@pytest.mark.parametrize("spoil", ["half", "gone", "list", "text", "tensor"])
def test_what_is_half_written_by_others_is_named_too(tmp_path, spoil):
    path = save(tmp_path, 3)
    if spoil == "half":
        whole = (path / "tensors.pt").read_bytes()
        (path / "tensors.pt").write_bytes(whole[: len(whole) // 2])
    elif spoil == "gone":
        (path / "tensors.pt").unlink()
    elif spoil == "tensor":
        torch.save(torch.zeros(2), path / "tensors.pt")
    else:
        (path / "state.json").write_text({"list": "[]", "text": '{"step": 3'}[spoil])
    with pytest.raises(InputFormatError, match="step-000003"):
        load_checkpoint(path)


def test_a_checkpoint_of_a_stranger_runs_no_code(tmp_path):
    class Evil:
        def __reduce__(self):
            return (json.loads, ("[]",))

    path = save(tmp_path, 3)
    torch.save({"weight": Evil()}, path / "tensors.pt")
    with pytest.raises(InputFormatError, match="step-000003"):
        load_checkpoint(path)
