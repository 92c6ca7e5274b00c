"""MAML on few-shot classification in PyTorch, with the paper's Omniglot network: a yardstick for speed, run beside the
project in one session, and a second opinion on learning:
    python3 -m venv venv && venv/bin/pip install torch pillow
    venv/bin/python torch_maml.py --threads 2                  # random images: speed alone
    venv/bin/python torch_maml.py --data omniglot --shots 1    # drawings, omniglot/set/alphabet/character/drawing.png

5 ways, 5 queries a class, 16 tasks an iteration; four 3x3 convolutions of 64 filters, stride 2, each normalized by its
batch's statistics; one inner step of 0.4, second order; Adam 1e-3. Prints the median iterations per second.
"""
import argparse, pathlib, random, time
import torch, torch.nn.functional as F
from torch import nn

WAYS, QUERIES, TASKS, SIDE, FILTERS, STEPS, ALPHA = 5, 5, 16, 28, 64, 1, 0.4


def network():
    blocks = [
        layer for channels in [1, FILTERS, FILTERS, FILTERS] for layer in (
            nn.Conv2d(channels, FILTERS, 3, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(FILTERS, track_running_stats=False), nn.ReLU())]
    return nn.Sequential(*blocks, nn.Flatten(), nn.Linear(FILTERS * 4, WAYS))


def drawings(directory):
    """Every class as [drawing, 1, side, side], ink 1 on paper 0, and rotated by quarter turns as further classes."""
    from PIL import Image
    characters = {}
    for path in sorted(pathlib.Path(directory).glob("*/*/*/*.png")):
        image = Image.open(path).convert("L").resize((SIDE, SIDE), Image.Resampling.BILINEAR)
        pixels = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8).reshape(1, SIDE, SIDE)
        characters.setdefault(path.parent, []).append(1 - pixels / 255)
    if not characters:
        raise SystemExit(f"{directory} holds no set/alphabet/character/drawing.png")
    return [torch.rot90(torch.stack(images), turns, (2, 3)) for images in characters.values() for turns in range(4)]


def sample(classes, shots):
    """A task: (support images, labels, query images, labels)."""
    if classes is None:
        picked = torch.rand(WAYS, shots + QUERIES, 1, SIDE, SIDE)
    else:
        picked = torch.stack([c[torch.randperm(len(c))[:shots + QUERIES]] for c in random.sample(classes, WAYS)])
    labels = torch.arange(WAYS)
    return (picked[:, :shots].flatten(0, 1), labels.repeat_interleave(shots),
            picked[:, shots:].flatten(0, 1), labels.repeat_interleave(QUERIES))


def adapt(model, parameters, images, labels):
    for _ in range(STEPS):
        loss = F.cross_entropy(torch.func.functional_call(model, parameters, (images,)), labels)
        slopes = torch.autograd.grad(loss, list(parameters.values()), create_graph=True)
        parameters = {name: p - ALPHA * s for (name, p), s in zip(parameters.items(), slopes)}
    return parameters


def iteration(model, optimizer, classes, shots):
    """One meta-update; the mean accuracy on the queries after adaptation."""
    optimizer.zero_grad()
    correct = 0
    for _ in range(TASKS):
        images, labels, queries, answers = sample(classes, shots)
        adapted = adapt(model, dict(model.named_parameters()), images, labels)
        logits = torch.func.functional_call(model, adapted, (queries,))
        (F.cross_entropy(logits, answers) / TASKS).backward()
        correct += (logits.argmax(1) == answers).float().mean().item()
    optimizer.step()
    return correct / TASKS


def main():
    parser = argparse.ArgumentParser(description="MAML few-shot classification in PyTorch, on a CPU.")
    parser.add_argument("--data", help="a directory of drawings; random images without it")
    parser.add_argument("--shots", type=int, default=1, help="labelled examples a class")
    parser.add_argument("--iterations", type=int, default=20)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    random.seed(0)
    classes = drawings(options.data) if options.data else None
    model = network()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    iteration(model, optimizer, classes, options.shots)
    seconds, accuracies = [], []
    for i in range(options.iterations):
        start = time.perf_counter()
        accuracies.append(iteration(model, optimizer, classes, options.shots))
        seconds.append(time.perf_counter() - start)
        if (i + 1) % max(1, options.iterations // 10) == 0:
            recent = accuracies[-max(1, options.iterations // 10):]
            print(f"{i + 1} iterations: accuracy after {STEPS} steps {sum(recent) / len(recent):.3f}", flush=True)
    print(f"{WAYS}-way {options.shots}-shot, {options.threads} threads: "
          f"{1 / sorted(seconds)[len(seconds) // 2]:.3f} iterations per second (median)")


if __name__ == "__main__":
    main()
