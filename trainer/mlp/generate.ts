/** `npm run generate`: writes dense.wasm. A test fails when it is not up to date. */
import { writeFileSync } from "node:fs";
import wabt from "wabt";

/** Rows, and vectors of four columns, of the product that is summed up at once: as many sums as the processor has registers for. */
const ROWS = 4;
const VECTORS = 2;

const rows = Array.from({ length: ROWS }, (_, row) => row);
const vectors = Array.from({ length: VECTORS }, (_, vector) => vector);
const each = (lines: readonly string[]): string => lines.join("\n          ");
const sums = rows.flatMap((row) => vectors.map((vector) => ({ row, vector, name: `$sum${row}${vector}` })));

/**
 * Every sum is taken in the order of its terms, one multiplication and one addition each, both rounded to float32: the
 * result is the same on every machine. Counts are of floats; all but `$inner` and the columns of `transpose` are
 * multiples of four.
 */
const text = `(module
  (import "trainer" "memory" (memory 1))

  ;; to[rows, columns] = first + left[rows, inner] · right[inner, columns]; $first is a row. $rows is a multiple of ${ROWS}, $columns of ${4 * VECTORS}, neither is 0.
  (func (export "multiply")
    (param $left i32) (param $right i32) (param $first i32) (param $to i32)
    (param $rows i32) (param $inner i32) (param $columns i32)
    (local $width i32) (local $strip i32) (local $row i32) (local $at i32) (local $step i32) (local $rest i32)
    ${each(rows.map((row) => `(local $left${row} i32)`))}
    ${each(vectors.map((vector) => `(local $right${vector} v128)`))}
    ${each(sums.map(({ name }) => `(local ${name} v128)`))}
    (local $factor v128)
    (local.set $width (i32.shl (local.get $columns) (i32.const 2)))
    (loop $strips
      (local.set $row (i32.const 0))
      (local.set $left0 (local.get $left))
      (local.set $step (i32.add (local.get $to) (local.get $strip)))
      (loop $blocks
          ${each(rows.slice(1).map((row) => `(local.set $left${row} (i32.add (local.get $left${row - 1}) (i32.shl (local.get $inner) (i32.const 2))))`))}
          ${each(sums.map(({ name, vector }) => `(local.set ${name} (v128.load offset=${16 * vector} (i32.add (local.get $first) (local.get $strip))))`))}
        (local.set $at (i32.add (local.get $right) (local.get $strip)))
        (local.set $rest (local.get $inner))
        (if (local.get $rest) (then (loop $terms
          ${each(vectors.map((vector) => `(local.set $right${vector} (v128.load offset=${16 * vector} (local.get $at)))`))}
          ${each(
            rows.map(
              (row) => `(local.set $factor (v128.load32_splat (local.get $left${row})))
          ${each(
            vectors.map(
              (vector) =>
                `(local.set $sum${row}${vector} (f32x4.add (local.get $sum${row}${vector}) (f32x4.mul (local.get $factor) (local.get $right${vector}))))`,
            ),
          )}
          (local.set $left${row} (i32.add (local.get $left${row}) (i32.const 4)))`,
            ),
          )}
          (local.set $at (i32.add (local.get $at) (local.get $width)))
          (br_if $terms (local.tee $rest (i32.sub (local.get $rest) (i32.const 1)))))))
          ${each(
            rows.map(
              (row) =>
                `${vectors.map((vector) => `(v128.store offset=${16 * vector} (local.get $step) (local.get $sum${row}${vector}))`).join(" ")}
          (local.set $step (i32.add (local.get $step) (local.get $width)))`,
            ),
          )}
        ;; Behind its terms the last row's pointer is at the next block.
        (local.set $left0 (local.get $left${ROWS - 1}))
        (br_if $blocks (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const ${ROWS}))) (local.get $rows))))
      (br_if $strips (i32.lt_u (local.tee $strip (i32.add (local.get $strip) (i32.const ${16 * VECTORS}))) (local.get $width)))))

  ;; to[columns, rows] of from[rows, columns], neither 0.
  (func (export "transpose") (param $from i32) (param $to i32) (param $rows i32) (param $columns i32)
    (local $column i32) (local $at i32) (local $rest i32)
    (loop $next
      (local.set $at (i32.add (local.get $from) (i32.shl (local.get $column) (i32.const 2))))
      (local.set $rest (local.get $rows))
      (loop $down
        (f32.store (local.get $to) (f32.load (local.get $at)))
        (local.set $to (i32.add (local.get $to) (i32.const 4)))
        (local.set $at (i32.add (local.get $at) (i32.shl (local.get $columns) (i32.const 2))))
        (br_if $down (local.tee $rest (i32.sub (local.get $rest) (i32.const 1)))))
      (br_if $next (i32.lt_u (local.tee $column (i32.add (local.get $column) (i32.const 1))) (local.get $columns)))))

  ;; Negative values become 0.
  (func (export "rectify") (param $at i32) (param $count i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $at) (i32.shl (local.get $count) (i32.const 2))))
    (loop $more
      (v128.store (local.get $at) (f32x4.max (v128.load (local.get $at)) (v128.const f32x4 0 0 0 0)))
      (br_if $more (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $end)))))

  ;; Gradients become 0 where the output is 0.
  (func (export "gate") (param $gradients i32) (param $outputs i32) (param $count i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $gradients) (i32.shl (local.get $count) (i32.const 2))))
    (loop $more
      (v128.store (local.get $gradients)
        (v128.and (v128.load (local.get $gradients)) (f32x4.gt (v128.load (local.get $outputs)) (v128.const f32x4 0 0 0 0))))
      (local.set $outputs (i32.add (local.get $outputs) (i32.const 16)))
      (br_if $more (i32.lt_u (local.tee $gradients (i32.add (local.get $gradients) (i32.const 16))) (local.get $end)))))

  ;; to[columns] = the sums over from[rows, columns]; none is 0.
  (func (export "sums") (param $from i32) (param $to i32) (param $rows i32) (param $columns i32)
    (local $column i32) (local $at i32) (local $rest i32) (local $sum v128) (local $width i32)
    (local.set $width (i32.shl (local.get $columns) (i32.const 2)))
    (loop $next
      (local.set $at (i32.add (local.get $from) (local.get $column)))
      (local.set $rest (local.get $rows))
      (local.set $sum (v128.const f32x4 0 0 0 0))
      (loop $down
        (local.set $sum (f32x4.add (local.get $sum) (v128.load (local.get $at))))
        (local.set $at (i32.add (local.get $at) (local.get $width)))
        (br_if $down (local.tee $rest (i32.sub (local.get $rest) (i32.const 1)))))
      (v128.store (i32.add (local.get $to) (local.get $column)) (local.get $sum))
      (br_if $next (i32.lt_u (local.tee $column (i32.add (local.get $column) (i32.const 16))) (local.get $width)))))

  ;; One step of AdamW. $unbias corrects the second moments, $rate has the correction of the first ones in it.
  (func (export "step")
    (param $weights i32) (param $gradients i32) (param $first i32) (param $second i32) (param $count i32)
    (param $keep1 f32) (param $take1 f32) (param $keep2 f32) (param $take2 f32)
    (param $rate f32) (param $unbias f32) (param $least f32) (param $shrink f32)
    (local $end i32) (local $gradient v128) (local $mean v128) (local $square v128)
    (local.set $end (i32.add (local.get $weights) (i32.shl (local.get $count) (i32.const 2))))
    (loop $more
      (local.set $gradient (v128.load (local.get $gradients)))
      (local.set $mean (f32x4.add
        (f32x4.mul (f32x4.splat (local.get $keep1)) (v128.load (local.get $first)))
        (f32x4.mul (f32x4.splat (local.get $take1)) (local.get $gradient))))
      (local.set $square (f32x4.add
        (f32x4.mul (f32x4.splat (local.get $keep2)) (v128.load (local.get $second)))
        (f32x4.mul (f32x4.splat (local.get $take2)) (f32x4.mul (local.get $gradient) (local.get $gradient)))))
      (v128.store (local.get $first) (local.get $mean))
      (v128.store (local.get $second) (local.get $square))
      (v128.store (local.get $weights) (f32x4.sub
        (f32x4.mul (f32x4.splat (local.get $shrink)) (v128.load (local.get $weights)))
        (f32x4.div
          (f32x4.mul (f32x4.splat (local.get $rate)) (local.get $mean))
          (f32x4.add
            (f32x4.sqrt (f32x4.mul (f32x4.splat (local.get $unbias)) (local.get $square)))
            (f32x4.splat (local.get $least))))))
      (local.set $gradients (i32.add (local.get $gradients) (i32.const 16)))
      (local.set $first (i32.add (local.get $first) (i32.const 16)))
      (local.set $second (i32.add (local.get $second) (i32.const 16)))
      (br_if $more (i32.lt_u (local.tee $weights (i32.add (local.get $weights) (i32.const 16))) (local.get $end)))))
)
`;

export async function generate(): Promise<Uint8Array> {
  const { parseWat } = await wabt();
  const module = parseWat("dense.wat", text, { simd: true });
  module.validate();
  return module.toBinary({}).buffer;
}

if (import.meta.main) writeFileSync(new URL("./dense.wasm", import.meta.url), await generate());
