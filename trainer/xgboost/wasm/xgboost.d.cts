declare namespace createXgboost {
  /** What emscripten exports. Pointers and handles are byte addresses and may come back negative: use `pointer >>> 0`. */
  interface EmscriptenXgboost {
    /** Views of the whole memory. Growing the memory replaces them: never keep one across a call. */
    readonly HEAPU8: Uint8Array;
    readonly HEAPU32: Uint32Array;
    readonly HEAPF32: Float32Array;
    UTF8ToString(pointer: number): string;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    _XGBGetLastError(): number;
    _XGBoostVersion(major: number, minor: number, patch: number): void;
    _XGBSetGlobalConfig(json: number): number;
    _XGDMatrixCreateFromMat(data: number, rows: bigint, columns: bigint, missing: number, out: number): number;
    _XGDMatrixSetFloatInfo(matrix: number, field: number, data: number, length: bigint): number;
    _XGDMatrixSetUIntInfo(matrix: number, field: number, data: number, length: bigint): number;
    _XGDMatrixFree(matrix: number): number;
    _XGBoosterCreate(matrices: number, length: bigint, out: number): number;
    _XGBoosterSetParam(booster: number, name: number, value: number): number;
    _XGBoosterUpdateOneIter(booster: number, iteration: number, matrix: number): number;
    _XGBoosterPredictFromDMatrix(
      booster: number,
      matrix: number,
      config: number,
      outShape: number,
      outDimensions: number,
      outResult: number,
    ): number;
    _XGBoosterSaveModelToBuffer(booster: number, config: number, outLength: number, outData: number): number;
    _XGBoosterLoadModelFromBuffer(booster: number, data: number, length: bigint): number;
    _XGBoosterFree(booster: number): number;
  }
}

declare function createXgboost(options: {
  readonly wasmBinary: Uint8Array;
  readonly print: (line: string) => void;
  readonly printErr: (line: string) => void;
}): Promise<createXgboost.EmscriptenXgboost>;

export = createXgboost;
