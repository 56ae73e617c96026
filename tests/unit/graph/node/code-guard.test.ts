/** A person's code before it gets into a shader: what is refused, in which line, and what comes out of what is not. */
import { describe, expect, it } from 'vitest'
import { asWritten, codeFault, guardCode, maxTurns } from '../../../../src/graph/node/code-guard.ts'

const names = ['image', 'mask', 'n1', 'px', 'image_at', 'luma']
const limits = { names, maxLength: 2000 }

function refused(code: string): string {
  const fault = codeFault(limits, code)
  return fault ? `${fault.place.line}:${fault.place.column} ${fault.message}` : 'nothing'
}

function wgsl(code: string): string {
  const outcome = guardCode(code, names)
  if (!outcome.ok) throw new Error(outcome.fault.message)
  return outcome.code.wgsl
}

describe('refuses what reaches beyond the body', () => {
  it.each([
    ['a function of its own', 'return image;\n}\nfn evil() -> f32 {\n  return 1.0;', '2:1 “}” closes nothing'],
    [
      'a function within',
      'fn f() -> f32 { return 1.0; }',
      '1:1 “fn” cannot be used here: the code is the body of one function',
    ],
    ['a type', 'struct S { a: f32 }', '1:1 “struct” cannot be used here: the code is the body of one function'],
    [
      'an attribute',
      'let a = 1.0;\n@group(0) @binding(9) var t: texture_2d<f32>;',
      '2:1 attributes (@) cannot be used here',
    ],
    [
      'a variable of another kind',
      'var<private> a: f32;',
      '1:4 “var<…>” cannot be used here; leave the part in “<>” out',
    ],
    [
      'a texture of the shader',
      'return textureLoad(in0, vec2i(0), 0);',
      '1:8 “textureLoad” cannot be used here; pictures are read by image_at',
    ],
    [
      'a write',
      'textureStore(out0, vec2u(0), image);',
      '1:1 “textureStore” cannot be used here; pictures are read by image_at',
    ],
    [
      'the shader’s uniforms',
      'return vec4f(u.frame_);',
      '1:14 there is no “u” here; given are image, mask, n1, px, image_at, luma',
    ],
    [
      'its own counter',
      'turns_ = 9u; return image;',
      '1:1 there is no “turns_” here; given are image, mask, n1, px, image_at, luma',
    ],
    ['a directive', 'enable f16;', '1:1 “enable” cannot be used here: the code is the body of one function'],
    ['a comment without an end', 'return image; /* /* */', '1:15 this comment does not end'],
    [
      'letters that look like others',
      'let а = 1.0;',
      '1:5 "а" cannot stand here; outside comments only English letters are allowed',
    ],
    ['a bracket that closes another', 'return vec4f(image.rgb];', '1:23 “]” closes “(”, which needs “)”'],
    ['one that is not closed', 'if (n1 > 0.0) {\n  return image;', '1:15 “{” is not closed'],
    ['a given name', 'let image = 1.0;', '1:5 “image” is given already; give yours another name'],
    ['a name of WGSL’s', 'var max = 1.0;', '1:5 “max” is a name of WGSL’s own; give yours another name'],
    ['a loop without a body', 'while n1 > 0.0;', '1:1 “while” needs a body in “{}”'],
    [
      'a name from elsewhere',
      'return mixHardLight(image);',
      '1:8 there is no “mixHardLight” here; given are image, mask, n1, px, image_at, luma',
    ],
    ['more than fits', `return image; //${'x'.repeat(2000)}`, '1:1 it has 2016 characters; at most 2000 are allowed'],
  ])('%s', (_, code, said) => expect(refused(code)).toBe(said))
})

it('takes what computes, with what it is given', () => {
  const code = `let level = luma(image.rgb) * n1; /* a /* nested */ comment */
var sum = vec4f(0.0);
switch (i32(level)) { case 0: { sum = image; } default: { sum += image_at(vec2i(px.at) + vec2i(1, -1)).bgra; } }
return select(sum, vec4f(max(level, 1.5e-3f)), mask < 0x1p-1f);`
  expect(refused(code)).toBe('nothing')
})

it('renames what the code declares, and nothing that it is given or that follows a dot', () => {
  expect(wgsl('let x = image.x; return vec4f(x);')).toBe('let my_x = image.x; return vec4f(my_x);')
})

it('ends every loop, also those within others and those without brackets around what they ask', () => {
  const guard = 'if (turns_ == 0u) { break; } turns_ -= 1u;'
  const text = wgsl('for (var i = 0; i < 9; i++) {\n  while n1 > 0.0 { continue; }\n}\nloop { break; }')
  expect(text.split(guard)).toHaveLength(4)
  expect(text.split('\n').map((line) => line.includes(guard))).toEqual([true, true, false, true])
  expect(maxTurns).toBeGreaterThan(127 * 127)
})

it('keeps lines and columns, and takes comments out', () => {
  const code = 'let a = 1.0; // one\r\n/* two\nthree */ return image * a;\n'
  expect(wgsl(code)).toBe('let my_a = 1.0;       \n      \n         return image * my_a;\n')
})

it('tells of a shader what the person wrote', () => {
  const line = wgsl('for (var i = 0; i < 9; i++) { let a = image_at(vec2i(i)); }').replace('image_at', 'n3_image_at')
  expect(asWritten(line)).toBe('for (var i = 0; i < 9; i++) { let a = image_at(vec2i(i)); }')
})
