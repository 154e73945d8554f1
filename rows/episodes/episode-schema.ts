import { featureType, kindOfFeature, type BlueprintContent, type CompiledBlueprint } from "../../blueprints/index.ts";
import { episodeSteps, type EpisodeStep } from "../../schemas/index.ts";
import type { AvroSchema, Topic } from "../../streams/index.ts";
import { nullable, useCaseNamespace, type AvroField, type AvroRecord } from "../avro-field.ts";

const TIMESTAMP = { type: "long", logicalType: "timestamp-millis" } as const;

/**
 * The Avro schema of `episodes.<useCase>`. The state is a record with a nullable field a feature, so that versions may add and
 * remove them.
 */
export function episodeSchema({
  blueprint,
  episodes,
}: Pick<CompiledBlueprint, "episodes"> & {
  readonly blueprint: Pick<BlueprintContent, "useCase" | "features">;
}): AvroRecord {
  const inState = new Set(episodes!.features);
  const namespace = useCaseNamespace("episodes", blueprint.useCase);
  const state = {
    type: "record",
    name: "State",
    doc: "The features of a decision, as logged.",
    fields: blueprint.features
      .filter(({ name }) => inState.has(name))
      .map((feature) =>
        nullable(
          feature.name,
          [featureType(feature) === "category" ? "string" : "double"],
          kindOfFeature(feature).columnDoc(feature),
        ),
      ),
  };
  return {
    type: "record",
    namespace,
    name: "EpisodeStep",
    doc: `A decision of ${blueprint.useCase} as a step of an episode; the last record of a decision counts.`,
    fields: [
      field("episodeId", "string", "Decision id of the episode's first step."),
      field("key", "string", "What the decisions of the episode have in common."),
      field("episodes", "string", "Names the rules, features and labels that the episodes are made by."),
      field("step", "int", "The place in the episode, from 0."),
      field("decisionId", "string", "Names the decision."),
      field("decisionTime", TIMESTAMP, "Event time of the decision; ms since 1970, UTC."),
      field("blueprintVersion", "string", "The version of the blueprint that decided."),
      field("maturity", "string", "Of the decision's row."),
      field("state", state, "What was known at the decision."),
      nullable("action", ["string"], "What was decided; null when the product's default applied."),
      nullable("propensity", ["double"], "The probability with which that was decided."),
      field("possibleActions", { type: "array", items: "string" }, "All that may be decided."),
      nullable("reward", ["double"], "What the decision was worth; null while it waits, or where it is missing."),
      nullable("nextDecisionId", ["string"], "Of the decision that follows; null where none does."),
      nullable("nextState", [`${namespace}.State`], "What was known at that decision."),
      nullable("nextAction", ["string"], "What was decided then."),
      nullable("timeDifference", ["long"], "Time to that decision; ms."),
      field("terminal", "boolean", "Nothing comes after this step."),
      field("truncated", "boolean", "The last step that is seen of an episode that may have gone on."),
    ],
  };
}

const field = (name: string, type: unknown, doc: string): AvroField => ({ name, type, doc });

/** The topic of a version's episodes. */
export function episodesTopic(compiled: CompiledBlueprint): Topic<EpisodeStep> {
  return episodeSteps(compiled.blueprint.useCase, episodeSchema(compiled) as unknown as AvroSchema);
}
