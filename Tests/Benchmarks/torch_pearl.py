"""Yardstick for PEARL's update: soft actor-critic with inferred variables in PyTorch, as an expert would write it.

usage: python torch_pearl.py        (needs torch; environment variables change the shapes)
One update infers each task from CONTEXT steps, and takes a step of Adam for encoder and critics, one for the value and one
for the actor, on STEPS steps of each of TASKS tasks (random numbers here: the time doesn't depend on them). All tasks go
through a network together; critics get no gradient from the actor's loss. Prints the median seconds of an update.
"""
import os, time
import numpy as np, torch
from torch import nn
from torch.nn import functional as F

def number(name, default): return int(os.environ.get(name, default))
TASKS, STEPS, CONTEXT = number("TASKS", 16), number("STEPS", 256), number("CONTEXT", 100)
OBSERVATIONS, ACTIONS, LATENT = number("OBSERVATIONS", 17), number("ACTIONS", 6), number("LATENT", 5)
UNITS, ENCODER, LAYERS = number("UNITS", 300), number("ENCODER", 200), number("LAYERS", 3)
UPDATES, RUNS = number("UPDATES", 20), number("RUNS", 7)
torch.set_num_threads(number("THREADS", os.cpu_count()))
torch.manual_seed(0)
DISCOUNT, SCALE, RATE, WEIGHT = 0.99, 5.0, 0.005, 0.1

def network(inputs, units, outputs):
    sizes = [inputs] + [units] * LAYERS
    layers = [part for a, b in zip(sizes, sizes[1:]) for part in (nn.Linear(a, b), nn.ReLU())]
    return nn.Sequential(*layers, nn.Linear(units, outputs))

encoder = network(OBSERVATIONS + ACTIONS + 1, ENCODER, 2 * LATENT)
critics = [network(OBSERVATIONS + ACTIONS + LATENT, UNITS, 1) for _ in range(2)]
value, target = (network(OBSERVATIONS + LATENT, UNITS, 1) for _ in range(2))
actor = network(OBSERVATIONS + LATENT, UNITS, 2 * ACTIONS)
target.load_state_dict(value.state_dict())
target.requires_grad_(False)
critic_parameters = [p for c in critics for p in c.parameters()]
adam = lambda parameters: torch.optim.Adam(parameters, lr=3e-4, fused=True)
judges, values, actors = adam(list(encoder.parameters()) + critic_parameters), adam(list(value.parameters())), adam(list(actor.parameters()))

def update(context, o, a, r, goes_on, later):
    mean, spread = encoder(context).view(TASKS, CONTEXT, -1).chunk(2, -1)
    variance = F.softplus(spread).clamp(min=1e-7)
    total = 1 / (1 / variance).sum(1)
    middle = total * (mean / variance).sum(1)
    z = middle + total.sqrt() * torch.randn_like(middle)
    divergence = 0.5 * (total + middle ** 2 - 1 - total.log()).sum(-1).mean()
    z = z.repeat_interleave(STEPS, 0)
    held = z.detach()
    with torch.no_grad():
        goal = SCALE * r + DISCOUNT * goes_on * target(torch.cat([later, held], 1))
    judged = torch.cat([o, a, z], 1)
    loss = sum(F.mse_loss(c(judged), goal) for c in critics) + WEIGHT * divergence
    judges.zero_grad(set_to_none=True)
    loss.backward()
    judges.step()

    seen = torch.cat([o, held], 1)
    location, log_deviation = actor(seen).chunk(2, -1)
    log_deviation = log_deviation.clamp(-20, 2)
    noise = torch.randn_like(location)
    numbers = location + log_deviation.exp() * noise
    log_probability = (-0.5 * noise ** 2 - log_deviation - 0.9189385 - 2 * (0.6931472 - numbers - F.softplus(-2 * numbers))).sum(-1, keepdim=True)
    for p in critic_parameters: p.requires_grad_(False)
    chosen = torch.cat([o, numbers.tanh(), held], 1)
    gain = torch.minimum(critics[0](chosen), critics[1](chosen)) - log_probability
    value_loss = F.mse_loss(value(seen), gain.detach())
    values.zero_grad(set_to_none=True)
    value_loss.backward()
    values.step()
    actors.zero_grad(set_to_none=True)
    (-gain.mean()).backward()
    actors.step()
    for p in critic_parameters: p.requires_grad_(True)
    with torch.no_grad():
        torch._foreach_lerp_(list(target.parameters()), list(value.parameters()), RATE)

rows = TASKS * STEPS
batch = (torch.randn(TASKS * CONTEXT, OBSERVATIONS + ACTIONS + 1), torch.randn(rows, OBSERVATIONS), torch.randn(rows, ACTIONS).tanh(),
         torch.randn(rows, 1), torch.ones(rows, 1), torch.randn(rows, OBSERVATIONS))
for _ in range(3): update(*batch)
seconds = []
for _ in range(RUNS):
    start = time.perf_counter()
    for _ in range(UPDATES): update(*batch)
    seconds.append((time.perf_counter() - start) / UPDATES)
print(f"update {np.median(seconds):.4f} s")
