/** `npm run generate`: writes tree-walk.wasm. A test fails when it is not up to date. */
import { writeFileSync } from "node:fs";
import wabt from "wabt";
import { ABREAST, at } from "./tree-layout.ts";

/** Instructions for each of the trees that are walked side by side. */
const each = (instruction: (node: string, tree: number) => string): string =>
  Array.from({ length: ABREAST }, (_, tree) => instruction(`$node${tree}`, tree)).join("\n          ");

/** The first child, or the next node if the feature is not below the threshold. */
const step = (node: string): string => `
          (local.set ${node}
            (i32.add
              (i32.load offset=${at.child} (local.get ${node}))
              (i32.mul (i32.const ${at.size})
                (f32.ge
                  (f32.load (i32.add (local.get $row) (i32.load offset=${at.feature} (local.get ${node}))))
                  (f32.load offset=${at.threshold} (local.get ${node}))))))`;

/**
 * All trees over a block of rows, group after group: a group's nodes stay in the processor's nearest cache while the
 * rows pass.
 */
const text = `(module
  (import "serving" "memory" (memory 1))

  ;; Writes $count floats with their signs turned from $to on. The last load and store may be 12 bytes too long.
  (func (export "negate") (param $from i32) (param $to i32) (param $count i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $from) (i32.shl (local.get $count) (i32.const 2))))
    (loop $more
      (v128.store (local.get $to) (f32x4.neg (v128.load (local.get $from))))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (br_if $more (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const 16))) (local.get $end)))))

  ;; Adds the leaves that $rows rows (one at least, $width bytes each) come to onto their sums.
  (func (export "walk")
    (param $roots i32) (param $depths i32) (param $groups i32)
    (param $rows i32) (param $width i32) (param $count i32) (param $sums i32)
    (local $row i32) (local $left i32) (local $at i32) (local $depth i32) (local $steps i32) (local $sum f32)
    ${each((node) => `(local ${node} i32)`)}
    (loop $group
      (local.set $depth (i32.load (local.get $depths)))
      (local.set $row (local.get $rows))
      (local.set $left (local.get $count))
      (local.set $at (local.get $sums))
      (loop $next
          ${each((node, tree) => `(local.set ${node} (i32.load offset=${4 * tree} (local.get $roots)))`)}
        (local.set $steps (local.get $depth))
        (if (local.get $steps) (then (loop $down
          ${each(step)}
          (br_if $down (local.tee $steps (i32.sub (local.get $steps) (i32.const 1)))))))
        (local.set $sum (f32.load (local.get $at)))
          ${each((node) => `(local.set $sum (f32.add (local.get $sum) (f32.load offset=${at.weight} (local.get ${node}))))`)}
        (f32.store (local.get $at) (local.get $sum))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (local.set $row (i32.add (local.get $row) (local.get $width)))
        (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
      (local.set $roots (i32.add (local.get $roots) (i32.const ${4 * ABREAST})))
      (local.set $depths (i32.add (local.get $depths) (i32.const 4)))
      (br_if $group (local.tee $groups (i32.sub (local.get $groups) (i32.const 1)))))))
`;

export async function generate(): Promise<Uint8Array> {
  const { parseWat } = await wabt();
  const module = parseWat("tree-walk.wat", text, { simd: true });
  module.validate();
  return module.toBinary({}).buffer;
}

if (import.meta.main) writeFileSync(new URL("./tree-walk.wasm", import.meta.url), await generate());
