import { complain, type Place } from "../../yaml/place.ts";
import { readItems, readSection } from "../../yaml/section.ts";
import type { ExplorationKind, ReadSettings } from "../exploration-kind.ts";
import { recentBests } from "../recent-bests.ts";

/** Each option as often as it is the best by what is believed of the options (Thompson 1933). */
export interface Thompson {
  readonly kind: "thompson";
  readonly belief: "beta" | "normal";
  /** Formulas of the policy: alpha and beta, or mean and standard deviation. */
  readonly formulas: readonly [one: string, two: string];
}

declare module "../../config/exploration-config.ts" {
  interface ExplorationKinds {
    thompson: Thompson;
  }
}

/** Numbers of a belief that can be compared: of counts, and of means and deviations in any unit. */
const [LEAST_COUNT, MOST_COUNT, MOST_MEAN] = [1e-9, 1e15, 1e100];

const BELIEFS = ["beta", "normal"] as const;

export const thompson: ExplorationKind<Thompson> = {
  name: "thompson",
  draws: ["choice"],
  said: ["section: beta, or normal", "one kind is required"],
  keys: () => ({
    beta: ["list of two formulas of the policy: alpha, beta", "required, or normal"],
    normal: ["list of two formulas of the policy: mean, standard deviation", "required, or beta"],
  }),
  reads: ({ formulas }) => formulas,
  fits: ({ belief }, [one, two]) =>
    belief === "beta" ? isCount(one!) && isCount(two!) : Math.abs(one!) <= MOST_MEAN && two! >= 0 && two! <= MOST_MEAN,
  read(place, settings) {
    const section = readSection(place, BELIEFS);
    if (section === undefined) return undefined;
    const [belief, other] = BELIEFS.filter((name) => section.fields.has(name));
    if (other !== undefined)
      return complain(section.fields.get(other)!, '"beta" and "normal" are both there', "a belief is one of the two");
    if (belief === undefined) {
      // A strange name stands for one.
      if (section.strange.size > 0) return undefined;
      return complain(place, "no belief is there", "write beta: [alpha, beta] or normal: [mean, deviation]");
    }
    const formulas = readTwo(section.fields.get(belief)!, settings);
    return formulas === undefined || section.doubtful.has(belief) ? undefined : { kind: "thompson", belief, formulas };
  },
  describe: ({ belief, formulas }) => [[`thompson.${belief}`, formulas.join(", ")]],
  canonical: ({ belief, formulas }) => ({ [belief]: formulas }),
  distribution: ({ belief }, _valueOf, { beliefs }) => recentBests(belief, beliefs),
};

const isCount = (number: number): boolean => number >= LEAST_COUNT && number <= MOST_COUNT;

function readTwo(place: Place, { formula }: ReadSettings): readonly [string, string] | undefined {
  const items = readItems(place, "a list of two formulas of the policy");
  if (items === undefined) return undefined;
  if (items.length !== 2) return complain(place, `expected two formulas of the policy, found ${items.length}`);
  const [one, two] = items.map(formula);
  return one === undefined || two === undefined ? undefined : [one, two];
}
