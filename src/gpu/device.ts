/** Gets a WebGPU device with all that this adapter gives, or says in one sentence why there is none. */
import { CodedError } from '../graph/document/coded-error.ts'

/** WebGPU cannot be had; `message` says why, `hint` what to do. */
export class NoGpuError extends CodedError {
  override readonly name = 'NoGpuError'
  constructor(message: string, hint: string) {
    super('no-gpu', message, hint)
  }
}

export interface DeviceGrant {
  readonly device: GPUDevice
  /** For people: vendor and architecture as the browser tells them. */
  readonly description: string
  /** A CPU pretending to be a GPU: correct, and slow. */
  readonly software: boolean
}

const wantedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxTextureDimension2D',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxStorageBuffersPerShaderStage',
] as const satisfies readonly (keyof GPUSupportedLimits)[]

/** `shader-f16` and `subgroups` are for onnxruntime-web, which shares the device; `timestamp-query` for times per node. */
const wantedFeatures = ['timestamp-query', 'shader-f16', 'subgroups'] as const satisfies readonly GPUFeatureName[]

/** Rejects with `NoGpuError`. */
export async function requestDevice(): Promise<DeviceGrant> {
  if (!navigator.gpu) {
    throw new NoGpuError(
      'This browser has no WebGPU.',
      'Open the page in a current Chrome, Edge or another browser with WebGPU, over https or from localhost.',
    )
  }
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (!adapter) {
    throw new NoGpuError(
      'This browser offers WebGPU but found no graphics adapter for it.',
      'Update the graphics driver, switch on hardware acceleration in the browser’s settings, and restart it.',
    )
  }
  const requiredLimits: Record<string, number> = {}
  for (const name of wantedLimits) requiredLimits[name] = adapter.limits[name]
  const device = await adapter.requestDevice({
    label: 'framewright',
    requiredFeatures: wantedFeatures.filter((feature) => adapter.features.has(feature)),
    requiredLimits,
  })
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info
  const name = description || [vendor, architecture].filter((part) => part !== '').join(' ') || 'unnamed adapter'
  const software =
    isFallbackAdapter || /swiftshader|llvmpipe|basic render/i.test(`${vendor} ${architecture} ${description}`)
  return { device, description: name, software }
}
