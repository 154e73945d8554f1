import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** A small use case with a window over its own observations. */
export const SHOP = `useCase: shop
decisionSpace: boolean
context: { price: number, store: key }
events: { visit: { fields: [amount] } }
features:
  - price
  - visits_1d: { count: true, of: visit, by: store, in: 1d }
label: { name: sale, when: kind == "visit", value: amount > 5, wait: 1h, default: 0 }
policy: { decide: sale > 0.5 }
join: { ttl: 2h }
training: { minRows: 10, schedule: none, freshRows: none }
`;

export const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
export const at = (minutes: number): string => new Date(START + minutes * MINUTE).toISOString();

export interface ShopLines {
  readonly decisions: readonly string[];
  readonly observations: readonly string[];
}

/** Decisions a quarter of an hour apart, each seen ten minutes later, every fifth twice in the same way. */
export function shopLines(count: number): ShopLines {
  const indices = Array.from({ length: count }, (_, index) => index);
  const observed = (index: number): string => `d${index},${at(index * 15 + 10)},visit,${index % 8}`;
  return {
    decisions: indices.map((index) => `d${index},${at(index * 15)},${index % 7},S${index % 3}`),
    observations: indices.flatMap((index) =>
      index % 5 === 0 ? [observed(index), observed(index)] : [observed(index)],
    ),
  };
}

export const DECISIONS = "decision_id,decision_ts,price,store";
export const OBSERVATIONS = "decision_id,event_ts,kind,amount";

export function shopFiles(dir: string, name: string, { decisions, observations }: ShopLines) {
  const files = { decisions: join(dir, `${name}-d.csv`), observations: join(dir, `${name}-o.csv`) };
  writeFileSync(files.decisions, [DECISIONS, ...decisions, ""].join("\n"));
  writeFileSync(files.observations, [OBSERVATIONS, ...observations, ""].join("\n"));
  return files;
}
