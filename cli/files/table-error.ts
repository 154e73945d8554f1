import { DomainError } from "../../schemas/index.ts";

/**
 * A file that cannot be read or written as a table, or has no room (`NO_ROOM`). The message begins with the file's name
 * and is meant for the user who named it.
 */
export class TableError extends DomainError {
  override readonly name = "TableError";
  readonly path: string;

  constructor(path: string, what: string, cause?: unknown) {
    super(noRoom.has(codeOf(cause)) ? "NO_ROOM" : "BAD_FILE", `${path}: ${what}`, cause);
    this.path = path;
  }
}

const noRoom: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT"]);

const codeOf = (cause: unknown): string => (cause instanceof Error && "code" in cause ? String(cause.code) : "");

const known: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder. Check the path.",
  EISDIR: "is a folder. Name a file in it.",
  EACCES: "access is denied. Check the file's permissions.",
  ENOSPC: "the disk is full. Free some space and run it again.",
  EDQUOT: "the user's quota of the disk is used up. Free some space and run it again.",
  Z_BUF_ERROR: "the gzip data ends early. The file is truncated: copy or download it again.",
  Z_DATA_ERROR: "the gzip data is damaged, or the file is not gzip. Copy or download it again.",
};

/** Any failure on a file, as an error that names the file and the next step. */
export function tableError(path: string, cause: unknown): TableError {
  if (cause instanceof TableError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const isNoParquet = message.startsWith("parquet file invalid");
  const what = isNoParquet ? "is no Parquet file, or is cut off. Copy it again, or name it by its format." : message;
  return new TableError(path, known[codeOf(cause)] ?? what, cause);
}
