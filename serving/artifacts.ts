import { hash } from "node:crypto";
import { type ArtifactReference, DomainError, modelArtifacts } from "../schemas/index.ts";
import { readTopic, type Backbone, type Headers, type Publisher, type Serdes } from "../streams/index.ts";

const CHUNK_BYTES = 512 * 1024;

export const sha256 = (bytes: Uint8Array): string => hash("sha256", bytes);

/** Writes a file in pieces, addressed by its content, each with the headers. Resolves when it is stored. */
export async function writeArtifact(
  backbone: Backbone,
  publisher: Publisher,
  content: Uint8Array,
  time: number,
  headers: Headers,
): Promise<ArtifactReference> {
  const hash = sha256(content);
  const chunks = Math.max(1, Math.ceil(content.length / CHUNK_BYTES));
  const [before] = await backbone.offsets([modelArtifacts.name]);
  await publisher.publish(
    Array.from({ length: chunks }, (_, chunk) => ({
      topic: modelArtifacts,
      key: `${hash}/${chunk}`,
      value: {
        sha256: hash,
        chunk,
        chunks,
        content: Buffer.from(content.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES)),
      },
      time,
      partition: 0,
      headers,
    })),
  );
  return { sha256: hash, bytes: content.length, chunks, partition: 0, offset: before!.end };
}

/** Reads a file back and checks it. Rejects with the hash if pieces are missing or give another content. */
export async function readArtifact(
  backbone: Backbone,
  serdes: Serdes,
  reference: ArtifactReference,
): Promise<Uint8Array> {
  const { sha256: hash, chunks, partition, offset } = reference;
  const pieces = new Map<number, Uint8Array>();
  for await (const { value } of readTopic(backbone, serdes, modelArtifacts, {
    from: [{ topic: modelArtifacts.name, partition, offset }],
  })) {
    if (value.sha256 === hash) pieces.set(value.chunk, value.content);
    if (pieces.size === chunks) break;
  }
  if (pieces.size < chunks) {
    throw new DomainError(
      "BAD_MODEL",
      `model file ${hash}: ${chunks - pieces.size} of ${chunks} pieces are not on ${modelArtifacts.name}`,
    );
  }
  const content = Buffer.concat(Array.from({ length: chunks }, (_, chunk) => pieces.get(chunk)!));
  if (sha256(content) !== hash)
    throw new DomainError("BAD_MODEL", `model file ${hash}: the pieces give another content; train it again`);
  return content;
}
