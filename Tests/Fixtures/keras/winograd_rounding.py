"""Models the rounding of Winograd's F(4x4, 3x3) in NumPy, beside that of plain sums: one layer, in single precision.

    python3 Tests/Fixtures/keras/winograd_rounding.py

Prints for each number of input channels the error (root mean square, then the largest) as a multiple of that of plain sums with fused
multiply-adds: with sums over all channels, over blocks of 16 and of 8, and of F(2x2, 3x3). Inputs are rectified normal numbers, alike in all
channels or with scales that differ by e^2.
"""
import numpy as np

single, double = np.float32, np.float64


def input_points(d, kind):
    a, b = kind(4 / 9), kind(2.25)
    even_a, odd_a = d[4] - b * d[2], kind(2 / 3) * (d[3] - b * d[1])
    even_b, odd_b = d[4] - a * d[2], kind(1.5) * (d[3] - a * d[1])
    return np.stack([
        d[0] + d[4] - (a + b) * d[2], even_a + odd_a, even_a - odd_a, even_b + odd_b, even_b - odd_b,
        d[1] + d[5] - (a + b) * d[3]])


def weight_points(w, kind):
    odd_a, odd_b = kind(1.5) * w[0] + kind(2 / 3) * w[2], kind(2 / 3) * w[0] + kind(1.5) * w[2]
    return np.stack([w[0], w[1] + odd_a, w[1] - odd_a, w[1] + odd_b, w[1] - odd_b, w[2]])


def outputs(m, kind):
    f, g, a, b = kind(-27 / 65), kind(12 / 65), kind(2 / 3), kind(1.5)
    sum_a, difference_a, sum_b, difference_b = m[1] + m[2], m[1] - m[2], m[3] + m[4], m[3] - m[4]
    return np.stack([
        m[0] + f * difference_a + g * difference_b, f * a * sum_a + g * b * sum_b,
        f * a * a * difference_a + g * b * b * difference_b, m[5] + f * a * a * a * sum_a + g * b * b * b * sum_b])


def input_points_2(d, kind):
    return np.stack([d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]])


def weight_points_2(w, kind):
    half = kind(0.5)
    return np.stack([w[0], half * (w[0] + w[1] + w[2]), half * (w[0] - w[1] + w[2]), w[2]])


def outputs_2(m, kind):
    return np.stack([m[0] + m[1] + m[2], m[1] - m[2] - m[3]])


def both_axes(transform, values):
    return np.swapaxes(transform(np.swapaxes(transform(values, single), 0, 1), single), 0, 1)


def multiply_add(total, left, right):
    return (total.astype(double) + left.astype(double) * right.astype(double)).astype(single)


def padded(x):
    return np.pad(x, ((1, 1), (1, 1), (0, 0), (0, 0)))


def plain(x, w, kind):
    height, width, channels, count = x.shape
    x, w, y = padded(x).astype(kind), w.astype(kind), np.zeros((height, width, w.shape[3], count), kind)
    for c in range(channels):
        for p in range(3):
            for q in range(3):
                left, right = x[p:p + height, q:q + width, c, None, :], w[p, q, c, :, None]
                y = multiply_add(y, left, right) if kind is single else y + left * right
    return y.astype(double)


def winograd(x, w, block, size=4):
    into, kernel, back = (input_points, weight_points, outputs) if size == 4 else (input_points_2, weight_points_2, outputs_2)
    height, width, channels, count = x.shape
    x, w, y = padded(x).astype(single), both_axes(kernel, w.astype(single)), np.zeros((height, width, w.shape[3], count))
    for i in range(0, height, size):
        for j in range(0, width, size):
            points, total = both_axes(into, x[i:i + size + 2, j:j + size + 2]), None
            for first in range(0, channels, block):
                part = np.zeros((size + 2, size + 2, w.shape[3], count), single)
                for c in range(first, min(channels, first + block)):
                    part = multiply_add(part, w[:, :, c, :, None], points[:, :, c, None, :])
                total = part if total is None else total + part
            y[i:i + size, j:j + size] = both_axes(back, total)
    return y


def main():
    random = np.random.default_rng(1)
    print("channels  inputs  F(4x4)     blocks of 16  blocks of 8  F(2x2)")
    for channels in (8, 16, 32, 48, 64, 96, 128, 256):
        for inputs in ("alike", "scaled"):
            x = np.maximum(random.normal(size=(8, 8, channels, 4)), 0)
            if inputs == "scaled":
                x = x * np.exp(random.normal(size=(channels, 1)) * 2)
            w = random.normal(size=(3, 3, channels, 16))
            x, w = x.astype(single).astype(double), w.astype(single).astype(double)
            exact = plain(x, w, double)

            def errors(y):
                return np.array([np.sqrt(((y - exact) ** 2).mean()), np.abs(y - exact).max()])

            own = errors(plain(x, w, single))
            trials = [winograd(x, w, channels), winograd(x, w, 16), winograd(x, w, 8), winograd(x, w, channels, 2)]
            cells = ["%.2f/%.2f" % tuple(errors(trial) / own) for trial in trials]
            print(f"{channels:8}  {inputs:6}  " + "  ".join(f"{cell:11}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
