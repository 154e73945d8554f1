/** A value of a context, an observation or an event. `undefined` is left out; `null` is a missing value. */
export type Value = string | number | boolean | null | undefined;
export type Values = Readonly<Record<string, Value>>;
/** Of a decision's context, which may have lists and vectors. */
export type ContextValues = Readonly<Record<string, Value | readonly Exclude<Value, undefined>[]>>;

/** The types of one use case, for the type checker. */
export interface UseCaseTypes {
  readonly context: object;
  readonly value: string | number | boolean;
  readonly observations: object;
  /** The entries of a candidate. Absent: any. */
  readonly option?: object;
  /** The settings of an action. If no use case has them, a decision has any. */
  readonly payload?: object;
  /** Attributes by kind. If no use case has them, events may be of any kind. */
  readonly events?: object;
  /** Keys and values of rows by reference table. If no use case has them, rows may be of any table. */
  readonly tables?: object;
}

/** Use cases by name, each with its types. A product's own interface fits. */
export type UseCases<T> = { readonly [K in keyof T]: UseCaseTypes };

/** Any use case, any names. */
export interface AnyUseCase {
  readonly [useCase: string]: {
    readonly context: ContextValues;
    readonly value: string | number | boolean;
    readonly observations: Values;
  };
}

/** Settings of an action, where their types are not known. */
export type AnyPayload = Readonly<Record<string, boolean | number | string>>;
/** The settings of an action of a use case. */
export type PayloadOf<U> = U extends { readonly payload: infer P } ? P : AnyPayload;

/** The entries of a candidate of a use case. */
export type OptionOf<U> = U extends { readonly option: infer O } ? O : ContextValues;

type Events<T> = { readonly [K in keyof T]: T[K] extends { readonly events: infer E } ? E : never }[keyof T];
type KindsOf<E> = E extends object ? keyof E & string : never;
type AttributesOf<E, K extends string> = E extends { readonly [P in K]: infer A } ? A : never;

/** A kind of event that one of the use cases knows. */
export type EventKind<T> = [Events<T>] extends [never] ? string : KindsOf<Events<T>>;
/** The attributes of an event of this kind. */
export type EventAttributes<T, K extends string> = [Events<T>] extends [never] ? Values : AttributesOf<Events<T>, K>;

type Tables<T> = { readonly [K in keyof T]: T[K] extends { readonly tables: infer R } ? R : never }[keyof T];
type Declared<T> = [Tables<T>] extends [never] ? false : true;
type RowOf<R, Name extends string> = R extends { readonly [P in Name]: infer Row } ? Row : never;

/** A reference table that one of the use cases reads. */
export type TableName<T> = Declared<T> extends true ? KindsOf<Tables<T>> : string;
/** The parts of a row's key. */
export type TableKey<T, Name extends string> =
  Declared<T> extends true ? PartOf<RowOf<Tables<T>, Name>, "key"> : readonly unknown[];
/** All fields of a row. */
export type TableValues<T, Name extends string> =
  Declared<T> extends true ? PartOf<RowOf<Tables<T>, Name>, "values"> : Readonly<Record<string, unknown>>;
type PartOf<Row, Name extends string> = Row extends { readonly [P in Name]: infer Part } ? Part : never;
