import { vi } from "vitest";

/** As `vi.waitFor`, whose 1 s is too short for a machine that is busy with the other tests. */
export function eventually<T>(
  holds: () => T | Promise<T>,
  { timeout = 20_000, interval = 50 }: { readonly timeout?: number; readonly interval?: number } = {},
): Promise<T> {
  // eslint-disable-next-line no-restricted-properties -- the one place
  return vi.waitFor(holds, { timeout, interval });
}
