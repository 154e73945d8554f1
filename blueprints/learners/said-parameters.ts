import type { KeySaid, KeysSaid } from "../key-reference.ts";
import type { Parameter } from "./parameter.ts";

interface LearnerPart {
  readonly name: string;
  readonly parameters: Readonly<Record<string, Parameter>>;
}

/** A name that several learners have is said with each of them. */
export function saidParameters(kinds: readonly LearnerPart[]): KeysSaid {
  const all = kinds.flatMap((kind) =>
    Object.entries(kind.parameters).map(([name, { said }]) => ({ name, said, of: kind.name })),
  );
  const part = (some: typeof all, at: 0 | 1 | 2): string => {
    const texts = some.map(({ said, of }) => ({ text: said[at] ?? "", of }));
    const isOne = texts.every(({ text }) => text === texts[0]!.text);
    return isOne ? texts[0]!.text : texts.map(({ text, of }) => `${text || "any"} for ${of}`).join("; ");
  };
  const byName = Map.groupBy(all, ({ name }) => name);
  return Object.fromEntries(
    [...byName].map(([name, some]): [string, KeySaid] => [name, [part(some, 0), part(some, 1), part(some, 2)]]),
  );
}
