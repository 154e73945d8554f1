import { suggestBlueprint, type SuggestedBlueprint } from "../../blueprints/index.ts";
import { blueprintTable, validBlueprints } from "../../catalogue/index.ts";
import { readTable, type TopicTools } from "../../streams/index.ts";
import { SAMPLED_DECISIONS } from "./read-sample.ts";
import { readTopics, type TopicSample } from "./read-topics.ts";

export interface SuggestFromTopics {
  /** Whose requests are read; also the name of the suggested one. */
  readonly useCase: string;
  /** A value of the observations, or a formula over them. */
  readonly label: string;
  /** Entries of the context that make the unit, joined by +. */
  readonly unit?: string | undefined;
  /** How many of the newest decisions are looked at with their observations. Default 100,000. */
  readonly sample?: number | undefined;
  /** This machine's clock, ms. */
  readonly now: number;
  /** Called with what was read, before the suggestion is made. */
  readonly onRead?: ((read: Pick<TopicSample, "read" | "repeated">) => void) | undefined;
}

/**
 * A first blueprint for what products have sent to a loop; it need not run. Nothing is written. Throws as `readTopics`
 * does, and `BAD_USAGE` if the label can't be read.
 */
export async function suggestFromTopics(
  tools: Pick<TopicTools, "backbone" | "serdes">,
  { useCase, label, unit, sample = SAMPLED_DECISIONS, now, onRead }: SuggestFromTopics,
): Promise<SuggestedBlueprint> {
  const published = validBlueprints(await readTable(tools.backbone, tools.serdes, blueprintTable));
  const own = published.all().filter(({ blueprint }) => blueprint.useCase === useCase);
  const times = own.flatMap(({ blueprint: { context } }) =>
    Object.keys(context).filter((name) => context[name] === "time"),
  );
  const read = await readTopics(tools, { useCase, unit, most: sample, times: new Set(times), now });
  onRead?.(read);
  return suggestBlueprint({
    useCase,
    label,
    ...read,
    files: read.read.flatMap(({ topic, used }) => (used === 0 ? [] : [topic])),
    from: "topics",
  });
}
