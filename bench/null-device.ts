/** A graphics processor that takes everything and does nothing: what is left is the work of those who ask. */

export interface NullDevice {
  readonly device: GPUDevice
  /** How many objects were made since the last call. */
  taken(): number
}

export function nullDevice(): NullDevice {
  let objectCount = 0
  const make =
    <T extends object>(what: () => T) =>
    (): T => {
      objectCount += 1
      return what()
    }
  const nothing = () => undefined
  const pass = { setPipeline: nothing, setBindGroup: nothing, dispatchWorkgroups: nothing, end: nothing }
  const device = {
    features: new Set<string>(),
    limits: { maxStorageBufferBindingSize: 2 ** 30, maxBufferSize: 2 ** 30 },
    pushErrorScope: nothing,
    popErrorScope: async () => null,
    createShaderModule: make(() => ({ getCompilationInfo: async () => ({ messages: [] }) })),
    createBindGroupLayout: make(() => ({})),
    createPipelineLayout: make(() => ({})),
    createComputePipelineAsync: async () => ({}),
    createBindGroup: make(() => ({})),
    createBuffer: make(() => ({ destroy: nothing })),
    createTexture: make(() => ({ destroy: nothing, createView: () => ({}) })),
    createCommandEncoder: () => ({ beginComputePass: () => pass, finish: () => ({}) }),
    queue: { submit: nothing, writeBuffer: nothing, onSubmittedWorkDone: async () => undefined },
  }
  return {
    device: device as unknown as GPUDevice,
    taken() {
      const before = objectCount
      objectCount = 0
      return before
    },
  }
}
