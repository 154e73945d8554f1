import type { PosteriorSeries } from "../../operators/globals/index.ts";
import { posteriorStates } from "../../operators/index.ts";
import { SeriesIndex } from "../../streams/global/series-index.ts";

/** States of posteriors in memory. */
export function seriesOf(): PosteriorSeries & {
  readonly bytes: { get(key: string): Uint8Array | undefined; put(key: string, value: Uint8Array): void };
} {
  const bytes = new Map<string, Uint8Array>();
  const index = new SeriesIndex(posteriorStates.placeOf!);
  return {
    series: (part, name) => index.get(part, name),
    bytes: {
      get: (key) => bytes.get(key),
      put(key, value) {
        bytes.set(key, value);
        index.put(key, value);
      },
    },
  };
}
