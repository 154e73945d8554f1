import type { BlueprintObject } from "./blueprint-object.ts";

type Missing = null | undefined;

/** The type of a declared type's values, as `useCaseShape` has it. */
type ValueOf<Type> = Type extends "number"
  ? number
  : Type extends "boolean"
    ? boolean
    : Type extends "list"
      ? readonly string[]
      : Type extends "time"
        ? number | string
        : Type extends `vector(${number})`
          ? readonly number[]
          : string;

type Named<Types> = { readonly [Name in keyof Types]: ValueOf<Types[Name]> | Missing };
type Optional<Types> = { readonly [Name in keyof Types]?: ValueOf<Types[Name]> | Missing };
/** Types by name, where the later ones of a name count. */
type Over<Earlier, Later> = Omit<Earlier, keyof Later> & Later;
/** An empty object type takes any object. */
type OrNothing<T> = [keyof T] extends [never] ? Readonly<Record<string, never>> : T;
/** One object type of several. */
type Flat<T> = { readonly [Name in keyof T]: T[Name] };

type Part<B, Key extends PropertyKey> = B extends { readonly [K in Key]: infer P extends object }
  ? P
  : NonNullable<unknown>;

/** The fields of a kind of events, by name. */
type FieldsOf<Event> = Event extends { readonly fields: infer Fields }
  ? Fields extends readonly (infer Name extends string)[]
    ? { readonly [N in Name]: "number" }
    : Fields
  : NonNullable<unknown>;
type AllFields<Events> = {
  readonly [Name in { [Kind in keyof Events]: keyof FieldsOf<Events[Kind]> }[keyof Events]]: {
    [Kind in keyof Events]: Name extends keyof FieldsOf<Events[Kind]> ? FieldsOf<Events[Kind]>[Name] : never;
  }[keyof Events];
};

/** Entries that windows can be kept by. */
type Groupable<Context> = {
  [Name in keyof Context]: Context[Name] extends "key" | "category" ? Name : never;
}[keyof Context];
type WithUnit<Context> = Groupable<Context> | ("unit" extends keyof Context ? never : "unit");

type SectionsOf<Features> = Features extends readonly (infer Feature)[]
  ? Feature extends string
    ? never
    : Feature extends object
      ? Feature[keyof Feature]
      : never
  : never;
type Names<By> = By extends readonly (infer Name)[] ? Name : By;
/** The keys of the windows over a kind of events; `none` is one only where it is an entry. */
type KeysOf<B extends BlueprintObject, Kind> =
  Extract<SectionsOf<B["features"]>, { readonly of: Kind }> extends infer Window
    ? Window extends { readonly by: infer By }
      ? Names<By> & (WithUnit<B["context"]> | OptionKeys<B["decisionSpace"]>)
      : never
    : never;

/** Entries of an option that windows can be kept by. */
type OptionKeys<Space> = Space extends { readonly options: infer Entries }
  ? Groupable<Entries> | "option"
  : Space extends { readonly actions: unknown }
    ? "option"
    : never;

type Texts<Name extends PropertyKey> = { readonly [N in Name]: "category" };
type AttributesOf<B extends BlueprintObject, Kind, Fields> = OrNothing<
  Flat<
    Named<Over<Texts<KeysOf<B, Kind>>, Fields>> &
      Optional<Texts<Exclude<WithUnit<B["context"]>, KeysOf<B, Kind> | keyof Fields>>>
  >
>;

/** The texts in quotes of a formula; any text if one has an escape. */
type Quoted<Formula> = Formula extends `${infer Before}"${infer Rest}`
  ? Before extends `${string}'${string}`
    ? QuotedOnce<Formula>
    : Rest extends `${infer Text}"${infer After}`
      ? Unescaped<Text> | Quoted<After>
      : never
  : QuotedOnce<Formula>;
type QuotedOnce<Formula> = Formula extends `${string}'${infer Text}'${infer After}`
  ? Unescaped<Text> | Quoted<After>
  : never;
type Unescaped<Text extends string> = Text extends `${string}\\${string}` ? string : Text extends "" ? never : Text;
type FormulasOf<Label> = Label extends { readonly value: infer Value }
  ? Value | (Label extends { readonly when: infer When } ? When : never)
  : never;
type LabelsOf<B> = Part<B, "label"> | Part<B, "labels">[keyof Part<B, "labels">];
type KindOf<B> = [keyof Part<B, "events">] extends [never]
  ? string
  : (keyof Part<B, "events"> & string) | Quoted<FormulasOf<LabelsOf<B>>>;

type ObservationsOf<B extends BlueprintObject> = Flat<
  Optional<
    Omit<Over<Texts<Groupable<B["context"]>>, Over<Part<B, "observations">, AllFields<Part<B, "events">>>>, "kind">
  > & { readonly kind?: KindOf<B> | Missing }
>;

type EventsOf<B extends BlueprintObject> = Flat<{
  [Kind in keyof Part<B, "events">]: AttributesOf<B, Kind, FieldsOf<Part<B, "events">[Kind]>>;
}>;

type KeyTexts<Key> = Key extends readonly unknown[] ? { readonly [At in keyof Key]: string } : readonly [string];
type TablesOf<B> = Flat<{
  [Table in keyof Part<B, "tables">]: Part<B, "tables">[Table] extends {
    readonly key: infer Key;
    readonly fields: infer Fields;
  }
    ? { readonly key: KeyTexts<Key>; readonly values: Named<Fields> }
    : never;
}>;

type DecisionOf<Space> = Space extends { readonly actions: infer Actions }
  ? Actions extends readonly (infer Action)[]
    ? Action
    : keyof Actions & string
  : Space extends "boolean"
    ? boolean
    : Space extends "number"
      ? number
      : Space extends { readonly options: unknown }
        ? string
        : never;

type OptionOf<Space> = Space extends { readonly options: infer Entries }
  ? { readonly option: OrNothing<Named<Entries>> }
  : NonNullable<unknown>;

/** A text is one of those that actions have; another version may have others, as with actions. */
type SettingOf<Value> = Value extends number ? number : Value extends boolean ? boolean : Value;
type Settings<Actions> = Actions[keyof Actions];
type PayloadOf<Space> = Space extends { readonly actions: infer Actions }
  ? Actions extends readonly unknown[]
    ? NonNullable<unknown>
    : { readonly [Name in keyof Settings<Actions>]: SettingOf<Settings<Actions>[Name]> }
  : NonNullable<unknown>;

type With<Name extends string, Part> = [keyof Part] extends [never]
  ? NonNullable<unknown>
  : { readonly [N in Name]: Part };

/** The types of a use case, of its blueprint as an object: those that `loopstream types` writes. */
export type UseCaseOf<B extends BlueprintObject> = Flat<
  {
    readonly context: OrNothing<Named<B["context"]>>;
    readonly value: DecisionOf<B["decisionSpace"]>;
    readonly observations: ObservationsOf<B>;
  } & With<"payload", PayloadOf<B["decisionSpace"]>> &
    OptionOf<B["decisionSpace"]> &
    With<"events", EventsOf<B>> &
    With<"tables", TablesOf<B>>
>;
