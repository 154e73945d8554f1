import { seeded } from "../../chaos/random.ts";

/** Windows by device, whose events are shared out among the instances. */
export const blueprint = (state = "keyed"): string => `
useCase: devices
decisionSpace: boolean
context: { device: key, site: category }
events: { seen: { fields: [device, site, load, app] } }
features:
  - n_1h: { count: true, of: seen, by: device, in: 1h, state: ${state} }
  - load_6h: { mean: load, of: seen, by: device, in: 6h, state: ${state} }
  - at_site_1h: { count: true, of: seen, by: site, in: 1h }
observations: { y: number }
label: { name: hit, value: y > 0.5, wait: 20m, default: 0 }
policy: { decide: hit > 0.5 }
training: { schedule: none, freshRows: none }
`;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export interface Seen {
  readonly device: string;
  readonly site: string;
  readonly load: number;
  readonly time: number;
}

export function seenBetween(from: number, to: number, count: number, devices: number, seed = 1): readonly Seen[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () => ({
    device: `device-${Math.floor(random() * devices)}`,
    site: `site-${Math.floor(random() * 3)}`,
    load: Math.floor(random() * 100),
    time: from + Math.floor(random() * (to - from)),
  })).sort((a, b) => a.time - b.time);
}

/** The features by their definition. */
export function expected(seen: readonly Seen[], device: string, site: string, time: number): readonly unknown[] {
  const own = seen.filter((one) => one.device === device && one.time < time);
  const loads = own.filter((one) => one.time >= time - 6 * HOUR).map(({ load }) => load);
  const mean = loads.length === 0 ? null : loads.reduce((sum, load) => sum + load, 0) / loads.length;
  const there = seen.filter((one) => one.site === site && one.time < time && one.time >= time - HOUR);
  return [own.filter((one) => one.time >= time - HOUR).length, mean, there.length];
}
