import type { Provenance } from "../../schemas/index.ts";

/** The rows that a model's file was made from; 0 of one that was trained elsewhere. */
export const learntRows = ({ rows, holdout, refitted }: Provenance): number => rows + (refitted ? holdout : 0);
