"""The figures of reference.json, with numpy: every estimate of episodes of the world of test/fixtures/worlds/fatigue.ts.

    python reference.py FOLDER     FOLDER has f_env.py and rng.py, which define the world for Python

The model of the target is nine tenths of its exact values. MAGIC's shares are found by trying every support.
"""
import itertools, json, sys
sys.path.insert(0, sys.argv[1])
import numpy as np, f_env as E

H, G, N = E.H, E.G, 2000
B = E.behaviour()
A = E.optimum()[1]


def least_on_simplex(M):
    k = len(M)
    best = None
    for size in range(1, k + 1):
        for S in itertools.combinations(range(k), size):
            S = list(S)
            K = np.zeros((size + 1, size + 1))
            K[:size, :size], K[:size, size], K[size, :size] = M[np.ix_(S, S)], 1, 1
            x = np.linalg.lstsq(K, np.r_[np.zeros(size), 1], rcond=None)[0][:size]
            if (x >= 0).all() and abs(x.sum() - 1) < 1e-9:
                value = x @ M[np.ix_(S, S)] @ x
                if best is None or value < best[0]:
                    best = value, np.zeros(k)
                    best[1][S] = x
    return best[1]


def estimates(D, pi, Q):
    n, t, g = len(D["f"]), np.arange(H), G ** np.arange(H)
    f, e, a, alive, r = D["f"], D["e"], D["a"], D["alive"], D["r"]
    pt = pi[t[None], f, e]
    rho = np.where(alive, np.where(a == 1, pt, 1 - pt) / D["p"], 1.0)
    W = np.cumprod(rho, 1)
    before = np.c_[np.ones(n), W[:, :-1]]
    Wn, Bn = W / W.sum(0), before / before.sum(0)
    q = np.where(alive, Q[t[None], f, e, a], 0)
    v = np.where(alive, pt * Q[t[None], f, e, 1] + (1 - pt) * Q[t[None], f, e, 0], 0)
    final, total = W[:, -1], (r * g).sum(1)
    o = dict(IS=(final * total).mean(), WIS=(final * total).sum() / final.sum(), PDIS=(W * r * g).sum(1).mean())
    o |= dict(CWPDIS=(Wn * r * g).sum(), DM=v[:, 0].mean(), DR=(g * (W * (r - q) + before * v)).sum(1).mean())
    step = g * (Wn * (r - q) + Bn * v)
    o["WDR"] = step.sum()
    cuts = [-1, 0, 1, 2, 4, 8, 16, H - 1]
    weight = lambda j: Wn[:, j] if j >= 0 else np.full(n, 1 / n)
    rest = lambda j: G ** (j + 1) * weight(j) * v[:, j + 1] if j + 1 < H else 0
    parts = np.array([step[:, : j + 1].sum(1) + rest(j) for j in cuts])
    est, omega = parts.sum(1), np.cov(parts) * n
    gap, reach = est - est[-1], 0.6744897501960817 * np.sqrt(omega[-1, -1])
    b = np.sign(gap) * np.maximum(0, np.abs(gap) - reach)
    shares = least_on_simplex(omega + np.outer(b, b))
    o["MAGIC"], o["shares"] = shares @ est, shares.tolist()
    o["ESS"] = final.sum() ** 2 / (final**2).sum()
    return {k: v if isinstance(v, list) else float(v) for k, v in o.items()}


found = []
for name, share in (("mild", 0.2), ("half", 0.5)):
    pi = share * A + (1 - share) * B
    Q = 0.9 * E.evaluate(pi)[1]
    for seed in (1000, 1001):
        found.append(dict(policy=name, seed=seed, **estimates(E.simulate(seed, N, B), pi, Q)))
print(json.dumps(found, indent=2))
