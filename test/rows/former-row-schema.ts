import { rowSchema } from "../../rows/index.ts";
import type { AvroSchema } from "../../streams/index.ts";

/** The row schema of a version as releases wrote it whose rows had one name for all use cases. */
export function formerRowSchema(blueprint: Parameters<typeof rowSchema>[0]): AvroSchema {
  const { aliases: _none, ...schema } = rowSchema(blueprint);
  return { ...schema, namespace: "loopstream.rows" } as unknown as AvroSchema;
}
