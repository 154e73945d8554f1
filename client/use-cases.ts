/** What a context, an observation or an event may hold. `undefined` is left out; `null` is a missing value. */
export type Value = string | number | boolean | null | undefined;
export type Values = Readonly<Record<string, Value>>;

/** What the type checker knows of one use case. */
export interface UseCaseTypes {
  readonly context: object;
  readonly value: string | number | boolean;
  readonly observations: object;
}

/** Use cases by name, each with its types. An interface of the product's own fits. */
export type UseCases<T> = { readonly [K in keyof T]: UseCaseTypes };

/** Any use case, any names. */
export interface AnyUseCase {
  readonly [useCase: string]: {
    readonly context: Values;
    readonly value: string | number | boolean;
    readonly observations: Values;
  };
}
