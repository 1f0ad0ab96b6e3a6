import torch

from reason.train.value_head import ValueHead

torch.set_num_threads(1)


def test_a_value_head_begins_at_zero_and_learns_a_linear_function():
    torch.manual_seed(0)
    head = ValueHead(4)
    hidden = torch.randn(64, 4)
    wanted = hidden @ torch.tensor([1.0, -2.0, 0.5, 0.0]) + 0.3
    assert head(hidden).tolist() == [0.0] * 64
    optimizer = torch.optim.Adam(head.parameters(), lr=0.1)
    for _ in range(200):
        optimizer.zero_grad()
        (head(hidden) - wanted).square().mean().backward()
        optimizer.step()
    assert (head(hidden) - wanted).abs().max() < 0.01


def test_values_of_half_precision_states_are_float32():
    values = ValueHead(4)(torch.zeros(3, 4, dtype=torch.bfloat16))
    assert (values.dtype, values.shape) == (torch.float32, (3,))
