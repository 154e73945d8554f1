import type { HistoryTable } from "../../../loop/index.ts";
import { DomainError } from "../../../schemas/index.ts";
import { openTextEncoder, type TextVectorEncoder } from "../../../serving/index.ts";
import { hasCode } from "../../../streams/index.ts";
import { UsageError } from "../../exit-codes.ts";
import { encodedTable, type EncodedColumn } from "../../files/index.ts";
import type { EncodeFlags } from "../../flags/encode-flags.ts";
import { readModelFile } from "../read-model-file.ts";

/** Adds the vectors that the flags ask for to a table, if they ask. Throws a `UsageError` for one flag without the other. */
export function encodedBy({ encoder: file, encode }: EncodeFlags): (table: HistoryTable) => HistoryTable {
  if (file === undefined && encode.length === 0) return (table) => table;
  if (file === undefined)
    throw new UsageError(`--encode ${encode.join(" ")}: add --encoder FILE.onnx, which makes vectors of texts`);
  if (encode.length === 0) throw new UsageError(`--encoder ${file}: add --encode VECTOR=TEXT, the columns`);
  const columns = encode.map(columnOf);
  let opened: Promise<TextVectorEncoder> | undefined;
  const open = (): Promise<TextVectorEncoder> => (opened ??= openFile(file));
  return (table) => encodedTable(table, columns, open);
}

async function openFile(file: string): Promise<TextVectorEncoder> {
  const onnx = await readModelFile(file);
  try {
    return await openTextEncoder(onnx);
  } catch (error) {
    if (!hasCode(error, "BAD_MODEL")) throw error;
    throw new DomainError("BAD_FILE", `--encoder ${file}: ${(error as Error).message}`, error);
  }
}

function columnOf(pair: string): EncodedColumn {
  const at = pair.indexOf("=");
  if (at < 1 || at === pair.length - 1)
    throw new UsageError(`--encode ${pair}: write VECTOR=TEXT, a new column and the column with the texts`);
  return { vector: pair.slice(0, at), text: pair.slice(at + 1) };
}
