# ruff: noqa: E501 - tables of values read better on long lines
"""torch tensors: what is shown, when it changes, and that torch notices nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from oracle.harness import plain, recorded
from oracle.told import after, at_end, line_of, record

from semduck.trace.recording import Recording
from semduck.trace.target import Target

TENSORS = """\
import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

x = torch.arange(6.0).reshape(2, 3)
row, weight = x[0], torch.nn.Parameter(torch.ones(2))
big, thin, whole = torch.zeros(10**6), torch.empty(3, device="meta"), torch.tensor([1, 2])
sparse, kind = torch.eye(2).to_sparse(), x.dtype
row += 1  # through a view
x[1, 2] = 70  # cell
(weight * 2).sum().backward()
torch.optim.SGD([weight], lr=0.1).step()  # trained
with torch.no_grad():
    weight.zero_()  # zeroed
shared = x.numpy()
shared[0, 0] = -5  # by numpy


class Loud(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        print("asked", function)
        return super().__torch_function__(function, types, args, kwargs or {})


class Listen(TorchFunctionMode):
    def __torch_function__(self, function, types, args=(), kwargs=None):
        print("heard", function)
        return function(*args, **(kwargs or {}))


class Watch(TorchDispatchMode):
    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        print("seen", function)
        return function(*args, **(kwargs or {}))


loud = torch.ones(2).as_subclass(Loud)
for mode in (Listen(), Watch()):
    with mode:
        y = big
        y = x


def net(given):
    doubled = given * 2
    return doubled + x


traced = torch.jit.trace(net, (torch.ones(2, 3),))
print(traced.graph)
with torch.profiler.profile() as profile:
    z = big + big
    z = None
print(sorted(e.key for e in profile.key_averages()), x._version, weight._version, weight.grad)
"""


@pytest.fixture(scope="module")
def tensors(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    pytest.importorskip("torch")
    return record(TENSORS, tmp_path_factory.mktemp("tensors"))


def test_tensors_are_drawn(tensors: Recording) -> None:
    end = at_end(tensors)
    assert end["x"].text == "tensor([[-5.0, 2.0, 3.0], [3.0, 4.0, 70.0]], dtype=float32)"
    assert end["weight"].text == "Parameter([0.0, 0.0], dtype=float32, requires_grad=True)"
    assert end["thin"].text == "tensor(… not read: on meta, shape=(3,), dtype=float32, device='meta')"
    assert end["sparse"].text == "tensor(… not read: sparse_coo, shape=(2, 2), dtype=float32)"
    assert end["loud"].text == "<Loud not read: derived from Tensor>"
    assert end["kind"].text == "torch.float32" and end["whole"].text == "tensor([1, 2], dtype=int64)"


def test_tensors_change_when_they_do(tensors: Recording) -> None:
    view = [(f"{name}[{n}]", f"{n}.0", f"{n + 1}.0") for n in range(3) for name in ("row", "x[0, ")]
    view = [(path.replace("[0, [", "[0, ").replace("x[0, ]", "x[0, "), a, b) for path, a, b in view]
    assert sorted(after(tensors, line_of(TENSORS, "through a view"))) == sorted(view)
    assert after(tensors, line_of(TENSORS, "cell")) == [("x[1, 2]", "5.0", "70.0")]
    assert ("weight[0]", "1.0", "0.8") in after(tensors, line_of(TENSORS, "trained"))
    assert ("weight[0]", "0.8", "0.0") in after(tensors, line_of(TENSORS, "zeroed"))
    assert ("x[0, 0]", "1.0", "-5.0") in after(tensors, line_of(TENSORS, "by numpy"))


def test_torch_notices_nothing(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    (tmp_path / "p.py").write_text(TENSORS)
    target = Target("script", "p.py", cwd=tmp_path)
    done = recorded(target, tmp_path / "out" / "run.duck")
    assert done.outcome.stdout == plain(target).stdout  # stderr has the time of day


def test_a_shortened_storage_is_not_read(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    text = "import torch\nt, u = torch.ones(4), torch.ones(1000)\nt.untyped_storage().resize_(0)\nu.untyped_storage().resize_(40)\n"
    end = at_end(record(text + "v = u[:2]\nprint('end')\n", tmp_path))
    assert end["t"].text == "tensor(… not read: beyond its storage, shape=(4,), dtype=float32)"
    assert end["u"].text == "tensor(… not read: beyond its storage, shape=(1000,), dtype=float32)"
    assert end["v"].text == "tensor([1.0, 1.0], dtype=float32)"


def test_a_tensor_on_a_gpu_is_not_waited_for(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    if not torch.cuda.is_available():
        pytest.skip("there is no GPU")
    end = at_end(record("import torch\nx = torch.ones(3, device='cuda')\nx += 1\nprint('end')\n", tmp_path))
    assert end["x"].text == "tensor(… not read: on cuda:0, shape=(3,), dtype=float32, device='cuda:0')"
