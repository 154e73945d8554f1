import { dirname, join } from "node:path";
import ts from "typescript";
import { root } from "../../source-graph.ts";

/** Where the files of a product would lie; nothing is written there. */
const folder = join(root, "test/blueprints/types/product");
const strict: ts.CompilerOptions = {
  ...{ target: ts.ScriptTarget.ES2024, module: ts.ModuleKind.NodeNext, lib: ["lib.es2024.d.ts"], types: ["node"] },
  ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, verbatimModuleSyntax: true },
  ...{ noEmit: true, allowImportingTsExtensions: true, skipLibCheck: true, isolatedModules: true },
};

/** The project's and the libraries' files, parsed once. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/** The front door's types, as a product's file imports them. */
export const door = (path: string): string => join(root, path);

/** What the real compiler says of a product's files, as `file:line`, each once, in order. */
export function faultsOf(files: Readonly<Record<string, string>>): readonly string[] {
  const texts = new Map(Object.entries(files).map(([name, text]) => [join(folder, name), text]));
  const host = ts.createCompilerHost(strict);
  const { getSourceFile, fileExists, readFile, directoryExists } = host;
  host.fileExists = (name) => texts.has(name) || fileExists(name);
  host.readFile = (name) => texts.get(name) ?? readFile(name);
  host.directoryExists = (name) => name === folder || name === dirname(folder) || directoryExists!(name);
  host.getSourceFile = (name, how, ...others) => {
    const text = texts.get(name);
    if (text !== undefined) return ts.createSourceFile(name, text, how, true);
    if (!parsed.has(name)) parsed.set(name, getSourceFile(name, how, ...others));
    return parsed.get(name);
  };
  const program = ts.createProgram([...texts.keys()], strict, host);
  const faults = [...texts.keys()].flatMap((name) => {
    const source = program.getSourceFile(name)!;
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ start }) => `${name.slice(folder.length + 1)}:${lineOf(source, start ?? 0)}`);
  });
  return [...new Set(faults)];
}

const lineOf = (source: ts.SourceFile, at: number): number => source.getLineAndCharacterOfPosition(at).line + 1;

/** The places of the lines that end with a comment `wrong`. */
export const wrongIn = (file: string, text: string): readonly string[] =>
  text.split("\n").flatMap((line, at) => (line.includes("// wrong") ? [`${file}:${at + 1}`] : []));
