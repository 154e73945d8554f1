import { join } from "node:path";

/** Two policies of one shop, each on the same three pages. */
export const POLICIES = ["random", "bts"] as const;
/** The items of each page, which are named 0, 1, …. */
export const CAMPAIGNS = { all: 80, men: 34, women: 46 } as const;

export interface BanditLog {
  readonly name: string;
  readonly items: number;
  /** CSV: a decision a line. */
  readonly decisions: string;
  /** CSV: whether each was clicked. */
  readonly clicks: string;
}

/** Files that `fetch.ts` writes. */
export const logs: readonly BanditLog[] = POLICIES.flatMap((policy) =>
  Object.entries(CAMPAIGNS).map(([campaign, items]) => {
    const name = `${policy}-${campaign}`;
    const path = join(import.meta.dirname, name);
    return { name, items, decisions: `${path}.csv`, clicks: `${path}-clicks.csv` };
  }),
);

/** A use case for one log: the actions are its items. */
export const blueprintOf = ({ name, items }: BanditLog): string => `useCase: ${name}
decisionSpace: { actions: [${Array.from({ length: items }, (_, item) => `"${item}"`).join(", ")}] }
context: { position: number, user_feature_0: category, user_feature_1: category }
observations: { clicked: boolean }
features: [position, user_feature_0, user_feature_1]
label: { name: click, value: clicked, wait: 1m }
policy: { decide: 'if(click > 0.01, "0", "1")' }
join: { ttl: 1h }
`;
