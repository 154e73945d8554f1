import { modelArtifacts, type ModelRecorded, type Provenance } from "../../schemas/index.ts";
import { readRaw, type Backbone, type Headers } from "../../streams/index.ts";

/**
 * Header of every piece of a file: its training data and parameters, as JSON, for holders of the file without the
 * model's record.
 */
export const PROVENANCE_HEADER = "loopstream_provenance";

/** The content of the header. */
export type ArtifactProvenance = Provenance & Pick<ModelRecorded, "useCase" | "blueprintVersion">;

export function provenanceOf({ useCase, blueprintVersion, provenance }: ArtifactSource): ArtifactProvenance {
  return { useCase, blueprintVersion, ...provenance };
}
type ArtifactSource = Pick<ModelRecorded, "useCase" | "blueprintVersion" | "provenance">;

export const provenanceHeaders = (source: ArtifactSource): Headers => ({
  [PROVENANCE_HEADER]: Buffer.from(JSON.stringify(provenanceOf(source))),
});

/** The header of a file's first piece; `undefined` if it has none. */
export async function readProvenance(
  backbone: Backbone,
  { sha256, partition, offset }: ModelRecorded["artifact"],
): Promise<ArtifactProvenance | undefined> {
  const { name: topic } = modelArtifacts;
  for await (const records of readRaw(backbone, topic, { from: [{ topic, partition, offset }] })) {
    const piece = records.find(({ key }) => Buffer.from(key ?? []).toString() === `${sha256}/0`);
    if (piece === undefined) continue;
    const header = piece.headers[PROVENANCE_HEADER];
    return header === undefined ? undefined : parsed(header);
  }
  return undefined;
}

/** Fields that former versions of loopstream did not write; their records on the models topic read the same. */
const unsaid = { versions: [], leftOut: [], treated: [], evaluation: 0, kept: 0, imported: null };

/** A header that is no JSON counts as missing. */
function parsed(header: Uint8Array): ArtifactProvenance | undefined {
  try {
    const found = JSON.parse(Buffer.from(header).toString()) as ArtifactProvenance;
    return { ...unsaid, ...found };
  } catch {
    return undefined;
  }
}
