import { BOUNDS } from "../defaults.ts";
import { mostText } from "../key-reference.ts";
import { complain, found, type Place } from "../yaml/place.ts";
import { readText } from "../yaml/scalars.ts";
import { required } from "../yaml/section.ts";
import { noKeys, type BlueprintSection } from "./blueprint-section.ts";

export const useCaseSection: BlueprintSection<"useCase", string | undefined> = {
  name: "useCase",
  said: ["a name", "required", mostText("useCaseLength", "small letters, digits and -")],
  keys: noKeys,
  read: (blueprint) => required(blueprint, "useCase", readUseCase),
  whole: (read) => read,
  describe: (useCase) => [["useCase", useCase]],
  canonical: (useCase) => useCase,
};

function readUseCase(place: Place): string | undefined {
  const name = readText(place, "the use case's name", 200);
  if (name === undefined || (/^[a-z0-9-]+$/.test(name) && name.length <= BOUNDS.useCaseLength)) return name;
  const rule = `1 to ${BOUNDS.useCaseLength} small letters, digits and -`;
  const near = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, BOUNDS.useCaseLength);
  return complain(place, `${found(place)} is no use case`, near === "" ? rule : `${rule}; such as ${near}`);
}
