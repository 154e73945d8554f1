/**
 * Every limit on what producers send and on what is kept of it, in one place. `docs/limits.md` says of each what happens past it and what
 * shows it; a test holds page and table together.
 */
export const recordLimits = Object.freeze({
  /** Replies are kept this long after they were written; ms. */
  repliesKeptMs: 3_600_000,
});
