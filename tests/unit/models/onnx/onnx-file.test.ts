/** ONNX files are read as their makers wrote them and written so that nothing is lost. */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { floatsToHalves, halvesToFloats } from '../../../../src/models/onnx/half.ts'
import {
  ModelProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  TensorProtoSchema,
} from '../../../../src/models/onnx/onnx_pb.ts'
import { readOnnx, summarise, tensorsOf, writeOnnx } from '../../../../src/models/onnx/onnx-file.ts'
import { complaintOf, dimsOf, floatTensor, readFloats } from '../../../../src/models/onnx/tensor-data.ts'
import { ModelError } from '../../../../src/models/types.ts'
import { fixture } from '../fixture-models.ts'

const files = [
  'span',
  'compact',
  'esrgan',
  'esrgan-fixed',
  'compact-float16',
  'compact-float16-inside',
  'compact-nhwc',
  'compact-luma',
  'conv-19-x2',
  'half-0',
  'two-inputs',
]

describe('a file', () => {
  test.each(files)('%s comes out byte by byte as it went in', (name) => {
    const bytes = fixture(name)
    expect(writeOnnx(readOnnx(name, bytes))).toEqual(bytes)
  })

  test('tells of itself', () => {
    const summary = summarise(readOnnx('dial-1', fixture('dial-1')))
    // 3×8×9 + 8, slopes 8, 8×8×9 + 8, slopes 8, 8×12×9 + 12.
    expect(summary).toMatchObject({
      parameters: 232 + 584 + 876 + 8,
      inputs: ['input'],
      outputs: ['output'],
      opset: 17,
    })
    expect(summary.metadata.get('personality')).toBe('perceptual')
    expect(Object.fromEntries(summary.operators)).toEqual({ Conv: 3, PRelu: 2, DepthToSpace: 1, Resize: 1, Add: 1 })
    expect(summary.producer).toBe('framewright-tests')
  })

  test('with weights in constants has the same number of parameters', () => {
    const [initializers, constants] = ['esrgan-fixed', 'esrgan'].map((name) => summarise(readOnnx(name, fixture(name))))
    expect(constants!.parameters).toBe(initializers!.parameters)
    expect(constants!.operators.get('Constant')).toBeGreaterThan(10)
  })

  test.each(['not-onnx', 'truncated'])('%s is refused by its name', (name) => {
    expect(() => readOnnx(`${name}.onnx`, fixture(name))).toThrow(
      expect.objectContaining({
        name: 'ModelError',
        message: expect.stringContaining(`“${name}.onnx” is not an ONNX`),
      }),
    )
  })

  test('cut off anywhere is refused in words, or lacks nothing it needs', () => {
    const bytes = fixture('dial-0')
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length - 1 }), (length) => {
        try {
          const { graph } = readOnnx('cut', bytes.slice(0, length))
          expect(graph.output.length).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toBeInstanceOf(ModelError)
        }
      }),
      { numRuns: 100 },
    )
  })

  test('with weights elsewhere, or fewer numbers than its dimensions say, is refused', () => {
    const broken = (change: (tensor: ReturnType<typeof readOnnx>['graph']['initializer'][number]) => void) => {
      const model = fromBinary(ModelProtoSchema, fixture('dial-0'))
      change(model.graph!.initializer[0]!)
      return toBinary(ModelProtoSchema, model)
    }
    const elsewhere = broken((tensor) => {
      tensor.dataLocation = TensorProto_DataLocation.EXTERNAL
    })
    expect(() => readOnnx('big', elsewhere)).toThrow(/“big” keeps its weights in another file/)
    const few = broken((tensor) => {
      tensor.rawData = tensor.rawData.slice(4)
    })
    expect(() => readOnnx('few', few)).toThrow(/“few” is not an ONNX model, or it is damaged/)
  })
})

describe('a tensor', () => {
  const numbers = fc.float32Array({ minLength: 1, maxLength: 40, noNaN: true })

  test('gives back the numbers it was made of, through a file', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const tensor = floatTensor('t', 'float32', [values.length], new Float32Array(values))
        const again = fromBinary(TensorProtoSchema, toBinary(TensorProtoSchema, tensor))
        expect(complaintOf(again)).toBeUndefined()
        expect(readFloats(again)).toEqual(new Float32Array(values))
      }),
    )
  })

  test('in float16 gives the nearest half, ties to even', () => {
    const halves = floatsToHalves(
      Float32Array.of(1, -2, 65504, 65519.99, 65520, 2 ** -24, 2 ** -25, 1 + 2 ** -11, 1 + 3 * 2 ** -11, -0),
    )
    expect([...halves]).toEqual([0x3c00, 0xc000, 0x7bff, 0x7bff, 0x7c00, 1, 0, 0x3c00, 0x3c02, 0x8000])
  })

  test('every half is itself again', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, i) => i).filter((i) => (i & 0x7fff) <= 0x7c00)
    expect(floatsToHalves(halvesToFloats(all))).toEqual(all)
    expect(halvesToFloats(Uint16Array.of(0x7e00))[0]).toBeNaN()
  })

  test('kept in the typed fields instead of raw bytes reads the same', () => {
    const plain = create(TensorProtoSchema, {
      dims: [3n],
      dataType: TensorProto_DataType.FLOAT,
      floatData: [1.5, -2, 0.25],
    })
    expect([...readFloats(plain)]).toEqual([1.5, -2, 0.25])
    const half = create(TensorProtoSchema, {
      dims: [2n],
      dataType: TensorProto_DataType.FLOAT16,
      int32Data: [0x3c00, 0xc000],
    })
    expect([...readFloats(half)]).toEqual([1, -2])
    half.dims = [3n]
    expect(complaintOf(half)).toBe('should hold 3 numbers, but holds 2')
  })

  test('of a shared model has the dimensions its maker gave it', () => {
    const tensors = new Map([...tensorsOf(readOnnx('compact', fixture('compact')))].map((t) => [t.name, t]))
    expect(dimsOf(tensors.get('conv0.weight')!)).toEqual([6, 3, 3, 3])
    expect(readFloats(tensors.get('conv0.weight')!)).toHaveLength(162)
  })
})
