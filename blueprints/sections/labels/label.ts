import type { LabelConfig } from "../../blueprint.ts";
import { canonicalLabel, describeLabel } from "../../labels/label-parts.ts";
import { whole, type Partly } from "../../yaml/partly.ts";
import type { BlueprintSection } from "../blueprint-section.ts";
import { labelsSection } from "./labels.ts";
import { labelKeys } from "./read-label.ts";

/** The short form of `labels` with one label: the same label in either form is the same version. */
export const labelSection: BlueprintSection<"label", Partly<LabelConfig> | undefined> = {
  name: "label",
  said: ["section", "required, or `labels`"],
  keys: () => ({ name: ["a name", "required"], ...labelKeys() }),
  read: (_, of) => of(labelsSection).first,
  whole,
  describe: (label, blueprint) =>
    blueprint.labels.length > 1 ? [] : [["label.name", label.name], ...describeLabel("label", label, blueprint)],
  canonical: (label, blueprint) => (blueprint.labels.length > 1 ? undefined : canonicalLabel(label, blueprint)),
};
