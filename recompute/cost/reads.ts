import type { WindowBytes } from "../../operators/index.ts";
import { FIRST_RECORDS, type FoldBytes } from "../../streams/index.ts";
import type { CostState, Prepared, Work } from "./works.ts";

/**
 * Work for each of some values that reads windows. An engine that reads in the background loads those of a batch together, as the loop
 * does; then the work of the batch is done again.
 *
 * @param begin called before each attempt at a batch
 */
export async function overWindows<T>(
  windows: Pick<FoldBytes, "look">,
  all: readonly T[],
  work: (one: T) => void,
  begin?: () => void,
  end?: () => void,
): Promise<void> {
  for (let from = 0; from < all.length; from += FIRST_RECORDS) {
    const to = Math.min(all.length, from + FIRST_RECORDS);
    const looking = windows.look(() => {
      begin?.();
      for (let at = from; at < to; at++) work(all[at]!);
    });
    if (looking instanceof Promise) await looking;
    end?.();
  }
}

/** The look-ups in state of one group a decision: tiles, series of tiles, rows, states of posteriors. */
export async function countReads(
  { run }: Work,
  all: readonly Prepared[],
  state: CostState,
  windows: FoldBytes,
): Promise<{ readonly mean: number; readonly most: number }> {
  let reads = 0;
  const counted = countingReads(state, () => void reads++);
  let [sum, most] = [0, 0];
  let batch: number[] = [];
  await overWindows(
    windows,
    all,
    (one) => {
      reads = 0;
      run(one, counted);
      batch.push(reads);
    },
    () => (batch = []),
    () => {
      for (const count of batch) [sum, most] = [sum + count, Math.max(most, count)];
    },
  );
  return { mean: sum / all.length, most };
}

function countingReads({ windows, rows, posteriors }: CostState, count: () => void): CostState {
  const { series, ...others } = {
    series: windows.series?.bind(windows),
    onDisk: windows.onDisk ?? new Set<string>(),
  };
  const counting: WindowBytes = {
    ...others,
    get: (key) => (count(), windows.get(key)),
    ...(series === undefined ? {} : { series: (part, name) => (count(), series(part, name)) }),
  };
  return {
    windows: counting,
    rows: { get: (key) => (count(), rows.get(key)) },
    posteriors: { series: (part, name) => (count(), posteriors.series(part, name)) },
  };
}

/** Windows as work has read them, which can be read at once, without the engine. */
export async function windowsRead(windows: FoldBytes, work: ((windows: WindowBytes) => void)[]): Promise<WindowBytes> {
  const seen = new Map<string, Uint8Array | undefined>();
  const { onDisk } = windows;
  const series: WindowBytes["series"] = (part, name) => windows.series(part, name);
  const get = (key: string): Uint8Array | undefined => {
    const found = windows.get(key);
    seen.set(key, found);
    return found;
  };
  await overWindows(windows, work, (one) => one({ get, series, onDisk }));
  return { get: (key) => seen.get(key), series, onDisk };
}
