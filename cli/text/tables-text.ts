import { rowKey } from "../../blueprints/index.ts";
import { type FoundRow, type ImportedRows, type ListedTable } from "../../loop/index.ts";
import { shownTime, table } from "./output.ts";

export function tablesText(tables: readonly ListedTable[]): string {
  if (tables.length === 0) return "no table: blueprints declare them under tables";
  return table(
    ["table", "key", "fields", "use cases", "versions of rows", "bytes", "at most"],
    tables.map(({ table: name, key, fields, useCases, rows, bytes, maxRows }) => [
      name,
      key.length === 0 ? "not declared" : key.join(", "),
      Object.entries(fields)
        .map(([field, type]) => `${field}: ${type}`)
        .join(", "),
      useCases.join(", "),
      String(rows),
      bytes === null ? "" : String(bytes),
      maxRows === null ? "" : String(maxRows),
    ]),
  );
}

export function rowText({ table: name, key, values, validFrom, versions }: FoundRow): string {
  const of = `${rowKey(key)} of ${name}`;
  const all = versions.length > 1 ? `; it has ${versions.length} versions: ${versions.map(shownTime).join(", ")}` : "";
  if (validFrom === null) return `no row ${of} at that time${all}`;
  if (values === null) return `${of} is deleted since ${shownTime(validFrom)}${all}`;
  const lines = Object.entries(values).map(([field, value]) => `  ${field}: ${value === null ? "–" : String(value)}`);
  return [`${of}, valid from ${shownTime(validFrom)}${all}`, ...lines].join("\n");
}

export function importedRowsText(result: ImportedRows): string {
  const { table: name, lines, written, unchanged, badLines, bad, leftOut, missing, validFrom } = result;
  const { replaced, replacedLines, noWords, firstNoWord } = result;
  const from = validFrom === null ? "" : `, valid from ${shownTime(validFrom)}: earlier decisions don't see them`;
  return [
    `${written} rows of ${name} written${written === 0 ? "" : from}`,
    ...(unchanged === 0 ? [] : [`${unchanged} of ${lines} were there already with these values`]),
    ...(replaced === 0
      ? []
      : [
          `${replaced} of ${lines} were replaced by a later line with the same key and time: ` +
            replacedLines.map(({ line, by }) => `line ${line} by ${by}`).join(", ") +
            (replaced > replacedLines.length ? ", …" : ""),
        ]),
    ...(leftOut.length === 0
      ? []
      : [`left out: ${leftOut.join(", ")}, which no blueprint declares under tables.${name}.fields`]),
    ...(missing.length === 0 ? [] : [`missing: ${missing.join(", ")}, which the file does not have`]),
    ...(noWords === 0
      ? []
      : [
          `${noWords} of ${lines} are never found, such as "${firstNoWord!}": the words of a text are letters and digits without ` +
            "signs between, in small letters",
        ]),
    ...(bad === 0 ? [] : [`${bad} lines can't be used; they are in the dead letters:`]),
    ...badLines.map(({ line, problem }) => `  line ${line}: ${problem}`),
    ...(bad > badLines.length ? [`  and ${bad - badLines.length} more`] : []),
  ].join("\n");
}
