/** Index of the last value that is at most `x` in an ascending list, or -1. */
export function lastAtMost(values: ArrayLike<number>, x: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= x) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Index of the span (ascending, not overlapping) that holds `x`, or -1. */
export function spanAt(spans: { start_s: number[]; end_s: number[] }, x: number): number {
  const i = lastAtMost(spans.start_s, x);
  return i >= 0 && x < spans.end_s[i] ? i : -1;
}

export function clamp(x: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, x));
}
