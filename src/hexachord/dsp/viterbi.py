"""Hidden Markov models: the likeliest path, and how likely each state is at each moment.

All in the log domain, frames down axis 0. Rabiner, "A tutorial on hidden Markov models", Proc. IEEE 1989; Müller, *Fundamentals of Music
Processing* (FMP), §5.3.2 (Viterbi for chords).

`viterbi` compares every state with every other; `viterbi_local` is for states on a line that move a few steps at a time (pitches,
tempi): its cost grows with the reach, not with the number of states squared, and its memory is bounded for inputs of any length.
"""

from collections.abc import Callable

import numpy as np

from hexachord.arrays import Float64Array, FloatArray, IntArray

_CHUNK_BYTES = 128 << 20  # scores kept at a time by viterbi_local; earlier ones are recomputed when the path is read back


def log_probability(probability: FloatArray) -> Float64Array:
    """Take logarithms of probabilities, 0 becoming -inf without a warning."""
    with np.errstate(divide="ignore"):
        return np.log(np.asarray(probability, dtype=np.float64))


def viterbi(log_observation: FloatArray, log_transition: FloatArray, log_initial: FloatArray) -> tuple[IntArray, float]:
    """Find the likeliest sequence of states.

    Parameters
    ----------
    log_observation : (frames, states) log likelihood of what is observed, under each state
    log_transition : (states, states) log probability of going from row to column
    log_initial : (states,) log probability of starting in each state

    Returns
    -------
    path : (frames,) int64
    log_likelihood : of that path

    Examples
    --------
    >>> seen = log_probability(np.array([[0.9, 0.1], [0.4, 0.6], [0.8, 0.2]]))
    >>> moves = log_probability(np.array([[0.9, 0.1], [0.1, 0.9]]))
    >>> path, score = viterbi(seen, moves, log_probability(np.array([0.5, 0.5])))
    >>> path, round(float(np.exp(score)), 4)
    (array([0, 0, 0]), 0.1166)
    """
    frames, states = _check_model(log_observation, log_transition, log_initial)
    if frames == 0:
        return np.empty(0, dtype=np.int64), 0.0
    observation = np.asarray(log_observation, dtype=np.float64)
    into = np.ascontiguousarray(np.asarray(log_transition, dtype=np.float64).T)  # [to, from]: the search runs over memory in order
    came_from = np.empty((frames, states), dtype=np.int32)
    score = np.asarray(log_initial, dtype=np.float64) + observation[0]
    choices = np.empty_like(into)
    index = np.arange(states)
    for frame in range(1, frames):
        np.add(into, score, out=choices)
        best = choices.argmax(axis=1)
        came_from[frame] = best
        score = choices[index, best] + observation[frame]
    path = np.empty(frames, dtype=np.int64)
    path[-1] = score.argmax()
    for frame in range(frames - 1, 0, -1):
        path[frame - 1] = came_from[frame, path[frame]]
    return path, float(score.max())


def viterbi_local(
    observe: Callable[[int, int], FloatArray],
    frames: int,
    *,
    log_kernel: FloatArray,
    log_switch: FloatArray,
    log_initial: FloatArray,
    log_jump: float = -np.inf,
) -> tuple[IntArray, IntArray, float]:
    """Find the likeliest path through states that lie on a line, in several groups.

    A state is a group (say, voiced or not) and a place on the line (say, a pitch). From one frame to the next the place moves by a few
    steps, with probabilities that depend on the distance only (renormalised where the line ends), and the group switches independently.

    Parameters
    ----------
    observe : function of (first, last) that gives the log observations (last - first, groups, places) of these frames
    frames : number of frames
    log_kernel : (2 * reach + 1,) log weight of moving by -reach ... reach places, up to a constant
    log_switch : (groups, groups) log probability of going from row's group to column's
    log_initial : (groups, places)
    log_jump : log probability of leaping to a place out of reach, in whatever group

    Returns
    -------
    group, place : (frames,) int64 each
    log_likelihood : of that path

    Examples
    --------
    >>> seen = np.log(np.full((5, 1, 9), 0.01)); seen[np.arange(5), 0, [2, 2, 8, 4, 4]] = 0.0
    >>> kernel = np.log(np.array([1.0, 2.0, 1.0]))
    >>> viterbi_local(lambda a, b: seen[a:b], 5, log_kernel=kernel, log_switch=np.zeros((1, 1)), log_initial=np.zeros((1, 9)))[1]
    array([2, 2, 3, 4, 4])
    """
    walk = _LocalWalk(observe, frames, np.asarray(log_kernel), np.asarray(log_switch), np.asarray(log_initial), log_jump)
    return walk.path()


class _LocalWalk:
    """The forward pass of `viterbi_local` in chunks, and the way back through them."""

    def __init__(
        self,
        observe: Callable[[int, int], FloatArray],
        frames: int,
        log_kernel: FloatArray,
        log_switch: FloatArray,
        log_initial: FloatArray,
        log_jump: float,
    ) -> None:
        if log_kernel.ndim != 1 or log_kernel.shape[0] % 2 == 0:
            raise ValueError(f"the kernel reaches equally far both ways: an odd number of weights, not {log_kernel.shape}")
        groups, places = log_initial.shape
        self.observe, self.frames, self.jump = observe, frames, log_jump
        self.switch, self.initial = log_switch.astype(np.float64), log_initial.astype(np.float64)
        self.reach = log_kernel.shape[0] // 2
        # a move from `a` to `b` weighs kernel[b - a]; gathered per destination b, the kernel runs backwards
        self.kernel = log_kernel.astype(np.float32)[::-1][:, None]
        self.groups, self.places = groups, places
        weight = np.exp(log_kernel.astype(np.float64))
        total = np.concatenate([[0.0], np.cumsum(weight)])
        place = np.arange(places)
        first, last = np.maximum(0, self.reach - place), np.minimum(2 * self.reach + 1, places - place + self.reach)
        self.normaliser = np.log(total[last] - total[first])
        self.padded = np.full(places + 2 * self.reach, -np.inf, dtype=np.float32)  # scores stay near 0: half the precision, twice as fast
        self.moves = np.lib.stride_tricks.sliding_window_view(self.padded, places)  # [tap, destination]
        self.choices = np.empty((2 * self.reach + 1, places), dtype=np.float32)
        self.chunk = max(16, _CHUNK_BYTES // (8 * groups * places))
        self.score = np.empty((min(self.chunk, max(frames, 1)), groups, places))
        self.loaded = -1
        self.entries: list[tuple[Float64Array, float]] = []  # the score of the frame before each chunk, and what was taken off it

    def _step(self, score: Float64Array) -> Float64Array:
        moved = np.empty_like(score)
        for group in range(self.groups):
            self.padded[self.reach : self.reach + self.places] = score[group] - self.normaliser
            np.add(self.moves, self.kernel, out=self.choices)
            np.maximum.reduce(self.choices, axis=0, out=moved[group])
        switched: Float64Array = (moved[:, None, :] + self.switch[:, :, None]).max(axis=0)
        if self.jump > -np.inf:
            np.maximum(switched, score.max() + self.jump, out=switched)
        return switched

    def _run(self, number: int) -> float:
        """Fill `score` for one chunk; what was taken off to keep numbers small is returned for its last frame."""
        first = number * self.chunk
        last = min(first + self.chunk, self.frames)
        observation = self.observe(first, last)
        previous, level = self.entries[number] if number else (self.initial, 0.0)
        for row in range(last - first):
            current = self.score[row]
            arrived = previous if first + row == 0 else self._step(previous)
            np.add(arrived, observation[row], out=current)
            top = float(current.max())
            if np.isfinite(top):
                current -= top
                level += top
            previous = current
        self.loaded = number
        return level

    def path(self) -> tuple[IntArray, IntArray, float]:
        group, place = np.empty(self.frames, dtype=np.int64), np.empty(self.frames, dtype=np.int64)
        if self.frames == 0:
            return group, place, 0.0
        self.entries = [(self.initial, 0.0)]
        chunks = range(-(-self.frames // self.chunk))
        level = 0.0
        for number in chunks:
            level = self._run(number)
            self.entries.append((self.score[min(self.chunk, self.frames - number * self.chunk) - 1].copy(), level))
        final = self.entries[-1][0]
        group[-1], place[-1] = divmod(int(final.argmax()), self.places)
        for frame in range(self.frames - 1, 0, -1):
            before = frame - 1
            number, row = divmod(before, self.chunk)
            if number != self.loaded:
                self._run(number)
            group[before], place[before] = self._best_before(self.score[row], int(group[frame]), int(place[frame]))
        return group, place, level + float(final.max())

    def _best_before(self, score: Float64Array, group: int, place: int) -> tuple[int, int]:
        first, last = max(0, place - self.reach), min(self.places, place + self.reach + 1)
        near = score[:, first:last] - self.normaliser[first:last] + self.switch[:, group, None]
        tap = first - place + self.reach
        near += self.kernel[tap : tap + last - first, 0]
        best = int(near.argmax())
        if score.max() + self.jump > near.flat[best]:
            from_group, from_place = divmod(int(score.argmax()), self.places)
            return from_group, from_place
        from_group, offset = divmod(best, last - first)
        return from_group, first + offset


def posterior(log_observation: FloatArray, log_transition: FloatArray, log_initial: FloatArray) -> tuple[Float64Array, float]:
    """Compute how likely each state is at each frame, given all that is observed (forward-backward).

    Parameters are those of `viterbi`.

    Returns
    -------
    probability : (frames, states), each row sums to 1
    log_likelihood : of the observations under the model, all paths together

    Examples
    --------
    >>> moves = log_probability(np.array([[0.5, 0.5], [0.5, 0.5]]))
    >>> seen = log_probability(np.array([[0.9, 0.3], [0.2, 0.2]]))
    >>> posterior(seen, moves, log_probability(np.array([0.5, 0.5])))[0]
    array([[0.75, 0.25],
           [0.5 , 0.5 ]])
    """
    frames, states = _check_model(log_observation, log_transition, log_initial)
    if frames == 0:
        return np.empty((0, states)), 0.0
    observation = np.asarray(log_observation, dtype=np.float64)
    level = observation.max(axis=1, keepdims=True)
    level[~np.isfinite(level)] = 0.0
    likelihood = np.exp(observation - level)  # scaled frame by frame, so that long inputs do not underflow
    transition = np.exp(np.asarray(log_transition, dtype=np.float64))
    forward = np.empty((frames, states))
    scale = np.empty(frames)
    current = np.exp(np.asarray(log_initial, dtype=np.float64)) * likelihood[0]
    for frame in range(frames):
        if frame:
            current = (forward[frame - 1] @ transition) * likelihood[frame]
        scale[frame] = current.sum()
        if not scale[frame] > 0:
            raise ValueError(f"no state is possible at frame {frame}: its observation contradicts the transitions")
        forward[frame] = current / scale[frame]
    backward = np.ones(states)
    for frame in range(frames - 2, -1, -1):
        backward = transition @ (likelihood[frame + 1] * backward) / scale[frame + 1]
        forward[frame] *= backward
    forward /= forward.sum(axis=1, keepdims=True)
    return forward, float(np.log(scale).sum() + level.sum())


def uniform_transition(states: int, *, stay: float) -> Float64Array:
    """Build log transitions that stay with probability `stay` and go anywhere else alike. FMP §5.3.4.

    Examples
    --------
    >>> np.exp(uniform_transition(3, stay=0.8)).round(3)
    array([[0.8, 0.1, 0.1],
           [0.1, 0.8, 0.1],
           [0.1, 0.1, 0.8]])
    """
    if states == 1:
        return np.zeros((1, 1))
    return log_probability(np.where(np.eye(states, dtype=np.bool_), stay, (1 - stay) / (states - 1)))


def _check_model(log_observation: FloatArray, log_transition: FloatArray, log_initial: FloatArray) -> tuple[int, int]:
    if log_observation.ndim != 2:
        raise ValueError(f"expected observations of shape (frames, states), not {log_observation.shape}")
    frames, states = log_observation.shape
    if log_transition.shape != (states, states) or log_initial.shape != (states,):
        raise ValueError(
            f"{states} states need transitions ({states}, {states}) and {states} starts, not {log_transition.shape} and {log_initial.shape}"
        )
    return frames, states
