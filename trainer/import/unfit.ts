import { DomainError } from "../../schemas/index.ts";

/** A file that can't be imported: what it lacks, and what to do. */
export const unfit = (message: string, cause?: unknown): DomainError => new DomainError("UNFIT_MODEL", message, cause);
