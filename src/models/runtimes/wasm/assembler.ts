/**
 * Writes WebAssembly modules: functions over one imported memory, with the vectors of four floats that convolutions are made
 * of. Machine code is made for the case this way, with its counts and offsets as constants, and nothing has to be built
 * beforehand.
 *
 * Format: https://webassembly.github.io/spec/core/binary/, vectors: https://github.com/WebAssembly/simd.
 */

export type ValueType = 'i32' | 'v128'

const typeCodes: Readonly<Record<ValueType, number>> = { i32: 0x7f, v128: 0x7b }

/** Place of a local, parameters first. */
export type Local = number

/** LEB128 of a number that is not negative. */
function unsigned(value: number): number[] {
  const bytes: number[] = []
  for (let remainder = value; ; ) {
    const low = remainder % 128
    remainder = Math.floor(remainder / 128)
    bytes.push(remainder > 0 ? low | 0x80 : low)
    if (remainder === 0) return bytes
  }
}

/** LEB128 of a 32-bit number. */
function signed(value: number): number[] {
  const bytes: number[] = []
  for (let remainder = value | 0; ; ) {
    const low = remainder & 0x7f
    remainder >>= 7
    const last = (remainder === 0 && (low & 0x40) === 0) || (remainder === -1 && (low & 0x40) !== 0)
    bytes.push(last ? low : low | 0x80)
    if (last) return bytes
  }
}

const floatBytes = (value: number): number[] => [...new Uint8Array(Float32Array.of(value).buffer)]

/** The code of one function, instruction after instruction; operands are taken from the stack, as WebAssembly has it. */
export class FunctionCode {
  readonly parameters: readonly ValueType[]
  readonly #locals: ValueType[] = []
  readonly #bytes: number[] = []

  constructor(...parameters: readonly ValueType[]) {
    this.parameters = parameters
  }

  /** A new local; 0 at first. */
  local(type: ValueType): Local {
    this.#locals.push(type)
    return this.parameters.length + this.#locals.length - 1
  }

  locals(type: ValueType, count: number): Local[] {
    return Array.from({ length: count }, () => this.local(type))
  }

  get(...locals: readonly Local[]): this {
    for (const local of locals) this.#bytes.push(0x20, ...unsigned(local))
    return this
  }

  set(local: Local): this {
    this.#bytes.push(0x21, ...unsigned(local))
    return this
  }

  whole(value: number): this {
    this.#bytes.push(0x41, ...signed(value))
    return this
  }

  addWhole(): this {
    this.#bytes.push(0x6a)
    return this
  }

  /** Adds `step` to a local of whole numbers. */
  advance(local: Local, step: number): this {
    return this.get(local).whole(step).addWhole().set(local)
  }

  /** Runs `body` again and again, counting `counter` down by `step`, until it is no longer above 0. At least once. */
  countDown(counter: Local, step: number, body: () => void): this {
    this.#bytes.push(0x03, 0x40)
    body()
    this.advance(counter, -step).get(counter).whole(0)
    // i32.gt_s, br_if to the loop's beginning, end.
    this.#bytes.push(0x4a, 0x0d, 0, 0x0b)
    return this
  }

  /** The vector at the address in `base`, `offset` bytes further. */
  load(base: Local, offset: number): this {
    this.get(base)
    return this.#vector(0x00, 2, ...unsigned(offset))
  }

  /** The float there, four times. */
  loadRepeated(base: Local, offset: number): this {
    this.get(base)
    return this.#vector(0x09, 2, ...unsigned(offset))
  }

  /** Stores what `value` puts on the stack. */
  store(base: Local, offset: number, value: () => void): this {
    this.get(base)
    value()
    return this.#vector(0x0b, 2, ...unsigned(offset))
  }

  /** Stores the first float of the vector that `value` puts on the stack. */
  storeFirst(base: Local, offset: number, value: () => void): this {
    this.get(base)
    value()
    return this.#vector(0x5a, 2, ...unsigned(offset), 0)
  }

  /** A float, four times. */
  constant(value: number): this {
    return this.vector(value, value, value, value)
  }

  vector(...values: readonly [number, number, number, number]): this {
    return this.#vector(0x0c, ...values.flatMap(floatBytes))
  }

  add(): this {
    return this.#vector(0xe4)
  }

  subtract(): this {
    return this.#vector(0xe5)
  }

  multiply(): this {
    return this.#vector(0xe6)
  }

  /**
   * `a` × `b` + `c`: in one instruction, and rounded once, where engine and processor have that; else twice. So the last bit depends on
   * the machine, never on the picture.
   */
  multiplyAdd(a: Local, b: Local, c: Local): this {
    fuses ??= canFuse()
    return fuses ? this.fusedMultiplyAdd(a, b, c) : this.get(a, b).multiply().get(c).add()
  }

  /** Only for engines with relaxed vectors (https://github.com/WebAssembly/relaxed-simd). */
  fusedMultiplyAdd(a: Local, b: Local, c: Local): this {
    return this.get(a, b, c).#vector(0x105)
  }

  min(): this {
    return this.#vector(0xe8)
  }

  max(): this {
    return this.#vector(0xe9)
  }

  /** The function's body as the code section holds it. */
  encode(): number[] {
    const locals = this.#locals.flatMap((type) => [1, typeCodes[type]])
    const body = [...unsigned(this.#locals.length), ...locals, ...this.#bytes, 0x0b]
    return [...unsigned(body.length), ...body]
  }

  #vector(opcode: number, ...operands: readonly number[]): this {
    this.#bytes.push(0xfd, ...unsigned(opcode), ...operands)
    return this
  }
}

const section = (id: number, entries: readonly (readonly number[])[]): number[] => {
  const content = [...unsigned(entries.length), ...entries.flat()]
  return [id, ...unsigned(content.length), ...content]
}

const text = (value: string): number[] => {
  const bytes = [...new TextEncoder().encode(value)]
  return [...unsigned(bytes.length), ...bytes]
}

/** A module that imports `host.memory` and exports these functions, none of which gives a result. */
export function assemble(functions: Readonly<Record<string, FunctionCode>>): Uint8Array<ArrayBuffer> {
  const all = Object.entries(functions)
  const typeOf = ({ parameters }: FunctionCode) => [
    0x60,
    ...unsigned(parameters.length),
    ...parameters.map((type) => typeCodes[type]),
    0,
  ]
  const memory = [...text('host'), ...text('memory'), 0x02, 0x00, ...unsigned(1)]
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(
      1,
      all.map(([, code]) => typeOf(code)),
    ),
    ...section(2, [memory]),
    ...section(
      3,
      all.map((_, i) => unsigned(i)),
    ),
    ...section(
      7,
      all.map(([name], i) => [...text(name), 0x00, ...unsigned(i)]),
    ),
    ...section(
      10,
      all.map(([, code]) => code.encode()),
    ),
  ])
}

let fuses: boolean | undefined

function canFuse(): boolean {
  const code = new FunctionCode('v128')
  code.fusedMultiplyAdd(0, 0, 0).set(0)
  return WebAssembly.validate(assemble({ code }))
}
