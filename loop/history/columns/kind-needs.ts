import {
  computationOf,
  groupableEntries,
  kindOfRule,
  nearest,
  type BlueprintContent,
} from "../../../blueprints/index.ts";
import { nameOf, type Cells } from "../lines/records.ts";

/** A file and the columns that are looked for in all of its lines. */
interface LookedAt {
  readonly file: string;
  readonly head: { readonly columns: readonly string[] };
  readonly required: readonly string[];
  readonly declared: readonly string[];
}

/** The parts of a blueprint that say which columns files have. */
export type DeclaredParts = Pick<BlueprintContent, "context" | "observations" | "events" | "features"> &
  Partial<Pick<BlueprintContent, "decisionSpace" | "policy">>;

/** A ranking of history is the order of its candidates. */
export const isRanked = ({ policy }: DeclaredParts): boolean =>
  policy !== undefined && kindOfRule(policy.rule).over === "ranking";

/** By kind of event, the columns that its lines are looked at for. */
export type KindNeeds = ReadonlyMap<string, readonly string[]>;

/**
 * The fields of each kind; of events of no decision also the entries that windows over them are kept by. Other events
 * have the keys of their decisions, and so fields that are such entries.
 */
export function kindNeeds(blueprint: DeclaredParts, withKeys: boolean): KindNeeds {
  const { events, features } = blueprint;
  const ofDecisions = withKeys ? [] : groupableEntries(blueprint);
  const keysOf = (kind: string): readonly string[] =>
    features.flatMap((feature) => {
      const computed = computationOf(feature);
      return computed.from === "events" && computed.window.event === kind ? computed.window.by : [];
    });
  return new Map(
    Object.entries(events).map(([kind, { fields }]) => [
      kind,
      [...new Set([...(withKeys ? keysOf(kind) : []), ...fields.filter((field) => !ofDecisions.includes(field))])],
    ]),
  );
}

/** Which of those columns no line of a kind has. */
export class LackingFields {
  readonly #lacking = new Map<string, Set<string>>();
  readonly #needs: KindNeeds;

  constructor(needs: KindNeeds) {
    this.#needs = needs;
  }

  take(cells: Cells): void {
    const kind = nameOf(cells["kind"] ?? null);
    if (kind === null || kind === undefined) return;
    let lacking = this.#lacking.get(kind);
    if (lacking === undefined) {
      const needs = this.#needs.get(kind);
      if (needs === undefined) return;
      this.#lacking.set(kind, (lacking = new Set(needs)));
    }
    if (lacking.size > 0) for (const name of lacking) if (Object.hasOwn(cells, name)) lacking.delete(name);
  }

  /** Those of all kinds. */
  get names(): readonly string[] {
    return [...new Set([...this.#lacking.values()].flatMap((names) => [...names]))];
  }

  /** For a person, with the nearest of the file's unknown columns. */
  notes({ file, head, required, declared }: LookedAt): readonly string[] {
    const known = new Set([...required, ...declared, ...[...this.#needs.values()].flat()]);
    const unknown = head.columns.filter((name) => !known.has(name));
    return [...this.#lacking].flatMap(([kind, names]) =>
      [...names].map((name) => {
        const near = nearest(name, unknown);
        const hint = near === null ? "." : `; is it ${near}?`;
        return `${file}: there is no column ${name}, which lines of kind ${kind} are looked at for${hint} It is missing in every line`;
      }),
    );
  }
}
