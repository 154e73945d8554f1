import { parquetSchema, type FileMetaData, type SchemaTree } from "hyparquet";
import { DomainError } from "../../../schemas/index.ts";

/** The columns of a Parquet file. Throws `BAD_FILE` where two have one name: a table holds one of them. */
export function columnsOf(metadata: FileMetaData): readonly SchemaTree[] {
  const { children } = parquetSchema(metadata);
  const names = new Set<string>();
  for (const { element } of children) {
    if (names.has(element.name))
      throw new DomainError("BAD_FILE", `it has two columns "${element.name}": name each column once`);
    names.add(element.name);
  }
  return children;
}
