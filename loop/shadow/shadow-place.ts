import { join } from "node:path";
import { rowsTopicName, SHADOWS } from "../../schemas/index.ts";
import type { Backbone } from "../../streams/index.ts";
import { besideLive } from "../replay/index.ts";

/** A version of a use case. */
export interface VersionName {
  readonly useCase: string;
  readonly version: string;
}

/** Name of the group and the changelogs of a version in shadow, behind its prefix. */
export const APPLICATION = "loop";

/** Prefix of the topics, groups and transactional ids of a version in shadow. */
export const shadowPrefix = ({ useCase, version }: VersionName): string => `${SHADOWS}${useCase}-${version}-`;

/** The topics as a version in shadow sees them: it reads the live ones, and `decisions` and the rows are its own. */
export const shadowView = (backbone: Backbone, of: VersionName): Backbone =>
  besideLive(backbone, shadowPrefix(of), { ticks: true });

/** The topic of its rows, by its name on the log. */
export const shadowRowsTopic = (of: VersionName): string => shadowPrefix(of) + rowsTopicName(of.useCase);

export const shadowStateDir = (dir: string, { useCase, version }: VersionName): string =>
  join(dir, "shadows", `${useCase}-${version}`);
