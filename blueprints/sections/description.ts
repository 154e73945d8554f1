import { BOUNDS, DEFAULTS } from "../defaults.ts";
import { mostText } from "../key-reference.ts";
import { readText } from "../yaml/scalars.ts";
import { optional } from "../yaml/section.ts";
import { noKeys, type BlueprintSection } from "./blueprint-section.ts";

export const descriptionSection: BlueprintSection<"description", string | undefined> = {
  name: "description",
  said: ["text", "empty", mostText("descriptionLength", "characters")],
  keys: noKeys,
  read: (blueprint) =>
    optional(blueprint, "description", DEFAULTS.description, (place) =>
      readText(place, "a text", BOUNDS.descriptionLength),
    ),
  whole: (read) => read,
  describe: (description) => [["description", description]],
  canonical: (description) => description,
};
