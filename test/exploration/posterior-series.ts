import type { PosteriorSeries } from "../../operators/globals/index.ts";
import { posteriorStates } from "../../operators/index.ts";

/** States of posteriors in memory. */
export function seriesOf(): PosteriorSeries & {
  readonly bytes: { get(key: string): Uint8Array | undefined; put(key: string, value: Uint8Array): void };
} {
  const bytes = new Map<string, Uint8Array>();
  const series = new Map<string, { numbers: number[]; keys: string[]; values: Uint8Array[] }>();
  return {
    series: (part, name) => series.get(`${part}|${name}`),
    bytes: {
      get: (key) => bytes.get(key),
      put(key, value) {
        bytes.set(key, value);
        const { part, name, number } = posteriorStates.placeOf!(key);
        const id = `${part}|${String(name)}`;
        const own = series.get(id) ?? { numbers: [], keys: [], values: [] };
        series.set(id, own);
        const at = own.numbers.findIndex((each) => each >= number);
        if (at >= 0 && own.numbers[at] === number) own.values[at] = value;
        else if (at < 0) (own.numbers.push(number), own.keys.push(key), own.values.push(value));
        else (own.numbers.splice(at, 0, number), own.keys.splice(at, 0, key), own.values.splice(at, 0, value));
      },
    },
  };
}
